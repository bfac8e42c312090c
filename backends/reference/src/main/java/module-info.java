import org.jspecify.annotations.NullMarked;

/** The backend that interprets. */
@NullMarked
module dev.weft.backend.reference {
    requires static transitive org.jspecify;
    requires transitive dev.weft.backend.spi;

    exports dev.weft.backend.reference;

    provides dev.weft.backend.spi.BackendProvider with
            dev.weft.backend.reference.ReferenceProvider;
}
