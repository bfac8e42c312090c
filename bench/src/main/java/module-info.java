import org.jspecify.annotations.NullMarked;

/** Measurements beside peers, and comparisons with libtorch. */
@NullMarked
module dev.weft.bench {
    requires static transitive org.jspecify;
    requires com.fasterxml.jackson.databind;
    requires dev.weft.cli;
    requires dev.weft.models;
    requires info.picocli;
    requires java.management;
    requires jdk.management;
    requires jtokkit;
    requires org.bytedeco.pytorch;

    opens dev.weft.bench.protocol to
            com.fasterxml.jackson.databind;
    opens dev.weft.bench.suite to
            info.picocli;
}
