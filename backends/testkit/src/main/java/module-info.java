import org.jspecify.annotations.NullMarked;

/** The conformance kit: what every backend must pass. */
@NullMarked
module dev.weft.backend.testkit {
    requires static transitive org.jspecify;
    requires static org.junit.jupiter.api;
    requires transitive dev.weft.backend.spi;

    exports dev.weft.backend.testkit;
}
