package dev.weft.backend.cuda.runtime;

import dev.weft.backend.cuda.device.Device;
import dev.weft.backend.cuda.device.Grid;
import dev.weft.backend.cuda.device.Multiplication;
import dev.weft.backend.spi.Timeline;
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

    /** Bytes from the host. */
    record CopyIn(MemorySegment from, long to) implements Launch {
        @Override
        public void on(Device device, long stream) {
            device.copyIn(stream, to, from);
        }
    }

    /** One that is known by its name. */
    record Named(Launch launch, Timeline.Step part) implements Launch {
        @Override
        public void on(Device device, long stream) {
            launch.on(device, stream);
        }
    }

    /** One of which it is noted when it begins. */
    record Timed(Launch launch, Timeline.Step part, EntryTimes times) implements Launch {
        @Override
        public void on(Device device, long stream) {
            times.next(part, stream);
            launch.on(device, stream);
        }
    }
}
