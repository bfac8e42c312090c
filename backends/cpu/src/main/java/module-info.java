import dev.weft.backend.cpu.CpuBackendProvider;
import dev.weft.backend.spi.BackendProvider;
import org.jspecify.annotations.NullMarked;

/** The CPU backend: generated kernels and oneDNN. */
@NullMarked
module dev.weft.backend.cpu {
    requires static transitive org.jspecify;
    requires transitive dev.weft.backend.spi;

    exports dev.weft.backend.cpu;

    // What is kept of a compiled program is written record by record.
    opens dev.weft.backend.cpu to
            dev.weft.backend.spi;
    opens dev.weft.backend.cpu.codegen to
            dev.weft.backend.spi;
    opens dev.weft.backend.cpu.kernel to
            dev.weft.backend.spi;
    opens dev.weft.backend.cpu.nativelib to
            dev.weft.backend.spi;

    provides BackendProvider with
            CpuBackendProvider;
}
