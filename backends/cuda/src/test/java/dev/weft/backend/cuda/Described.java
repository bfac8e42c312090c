package dev.weft.backend.cuda;

import dev.weft.backend.cuda.absent.NullDevice;
import dev.weft.backend.cuda.device.DeviceFacts;
import dev.weft.backend.cuda.device.KernelCompiler;
import dev.weft.backend.cuda.nativelib.Nvrtc;
import dev.weft.backend.cuda.nativelib.Redistributable;
import dev.weft.graph.Program;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/** Devices that are only described, with the compiler that a GPU of their kind has. */
final class Described {
    private static final DeviceFacts H200 = new DeviceFacts("H200", 9, 0, 132, 2048, 227 << 10, 60 << 20, 141L << 30);

    private Described() {}

    static NullDevice h200(long freeBytes) {
        return h200(freeBytes, compiler());
    }

    static NullDevice h200(long freeBytes, KernelCompiler compiler) {
        return new NullDevice(H200, freeBytes, compiler);
    }

    static Nvrtc compiler() {
        return new Nvrtc(Redistributable.libraries(), H200.architecture());
    }

    /** Zeros for all that an entry takes. */
    static Map<String, MemorySegment> zeros(Program program, String name, Arena arena) {
        var entry = program.entry(name);
        var parameters = program.body(entry).parameters();
        Map<String, MemorySegment> inputs = new HashMap<>();
        for (int i = 0; i < entry.inputs().size(); i++) {
            long bytes = parameters.get(entry.reads().size() + i).type().bytes();
            inputs.put(entry.inputs().get(i), arena.allocate(bytes, 8));
        }
        return inputs;
    }
}
