import dev.weft.backend.cuda.CudaBackendProvider;
import dev.weft.backend.spi.BackendProvider;
import org.jspecify.annotations.NullMarked;

/** The CUDA backend: generated kernels and cuBLASLt. */
@NullMarked
module dev.weft.backend.cuda {
    requires static transitive org.jspecify;
    requires transitive dev.weft.backend.spi;

    exports dev.weft.backend.cuda;

    provides BackendProvider with
            CudaBackendProvider;
}
