import dev.weft.backend.cpu.CpuBackendProvider;
import dev.weft.backend.spi.BackendProvider;
import org.jspecify.annotations.NullMarked;

/** The CPU backend: generated kernels and oneDNN. */
@NullMarked
module dev.weft.backend.cpu {
    requires static transitive org.jspecify;
    requires transitive dev.weft.backend.spi;

    exports dev.weft.backend.cpu;

    provides BackendProvider with
            CpuBackendProvider;
}
