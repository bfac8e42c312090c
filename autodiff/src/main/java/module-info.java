import org.jspecify.annotations.NullMarked;

/** The pass that removes {@code grad} from a program. */
@NullMarked
module dev.weft.autodiff {
    requires static transitive org.jspecify;
    requires transitive dev.weft.graph;

    exports dev.weft.autodiff;
}
