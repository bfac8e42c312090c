import dev.weft.backend.cuda.CudaBackendProvider;
import dev.weft.backend.spi.BackendProvider;
import org.jspecify.annotations.NullMarked;

/** The CUDA backend: generated kernels and cuBLASLt. */
@NullMarked
module dev.weft.backend.cuda {
    requires static transitive org.jspecify;
    requires transitive dev.weft.backend.spi;

    exports dev.weft.backend.cuda;

    // What is kept of a compiled program is written record by record.
    opens dev.weft.backend.cuda to
            dev.weft.backend.spi;
    opens dev.weft.backend.cuda.codegen to
            dev.weft.backend.spi;
    opens dev.weft.backend.cuda.device to
            dev.weft.backend.spi;
    opens dev.weft.backend.cuda.epilogue to
            dev.weft.backend.spi;
    opens dev.weft.backend.cuda.region to
            dev.weft.backend.spi;

    provides BackendProvider with
            CudaBackendProvider;
}
