import org.jspecify.annotations.NullMarked;

/** From the text of a model file to a program. */
@NullMarked
module dev.weft.dsl {
    requires static transitive org.jspecify;
    requires transitive dev.weft.graph;
}
