import org.jspecify.annotations.NullMarked;

/** Measurements beside peers. */
@NullMarked
module dev.weft.bench {
    requires static transitive org.jspecify;
    requires dev.weft.models;
}
