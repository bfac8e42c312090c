package dev.weft.backend.cuda.runtime;

import dev.weft.backend.cuda.device.Device;
import dev.weft.backend.cuda.device.Grid;
import dev.weft.backend.cuda.device.Multiplication;
import java.lang.foreign.MemorySegment;

/** Something that a stream is given, with all addresses known. */
sealed interface Launch {

    void on(Device device, long stream);

    /** A kernel with its parameters. */
    record Run(long function, Grid grid, MemorySegment parameters) implements Launch {
        @Override
        public void on(Device device, long stream) {
            device.launch(stream, function, grid, parameters);
        }
    }

    /** A product. */
    record Multiply(long product, Multiplication.Addresses at, long workspace) implements Launch {
        @Override
        public void on(Device device, long stream) {
            device.multiply(stream, product, at, workspace);
        }
    }

    /** Bytes from one place to another. */
    record Copy(long from, long to, long bytes) implements Launch {
        @Override
        public void on(Device device, long stream) {
            device.copy(stream, to, from, bytes);
        }
    }
}
