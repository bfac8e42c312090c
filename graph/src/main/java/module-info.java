import org.jspecify.annotations.NullMarked;

/** Types, ops, programs, their text form, and the passes over them. */
@NullMarked
module dev.weft.graph {
    requires static transitive org.jspecify;
}
