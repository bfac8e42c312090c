import org.jspecify.annotations.NullMarked;

/** The command line, a client of the public API. */
@NullMarked
module dev.weft.cli {
    requires static transitive org.jspecify;
    requires dev.weft.models;
}
