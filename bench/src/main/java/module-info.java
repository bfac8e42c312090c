import org.jspecify.annotations.NullMarked;

/** Measurements beside peers, and comparisons with libtorch. */
@NullMarked
module dev.weft.bench {
    requires static transitive org.jspecify;
    requires dev.weft.models;
    requires org.bytedeco.pytorch;
}
