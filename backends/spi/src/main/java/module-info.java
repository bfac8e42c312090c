import org.jspecify.annotations.NullMarked;

/** The interface between Weft and a backend. */
@NullMarked
module dev.weft.backend.spi {
    requires static transitive org.jspecify;
    requires transitive dev.weft.graph;

    exports dev.weft.backend.spi;
    exports dev.weft.backend.spi.executable;

    uses dev.weft.backend.spi.BackendProvider;
}
