package dev.weft.backend.cuda.absent;

import dev.weft.backend.cuda.absent.Hazards.Access;
import dev.weft.backend.cuda.device.DeviceFacts;
import dev.weft.backend.cuda.device.Grid;
import dev.weft.backend.cuda.nativelib.Cubin;
import dev.weft.graph.DefectException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Loaded kernels, and whether they may be launched as they are. */
final class Kernels {
    private static final int REGISTERS_PER_BLOCK = 65_536;
    private static final int REGISTER_UNIT = 8;

    private record Function(long module, Cubin.Kernel kernel, int dynamicBytes) {}

    private final DeviceFacts facts;
    private final Map<Long, Cubin> modules = new HashMap<>();
    private final Map<Long, Function> functions = new HashMap<>();
    private long handles;

    Kernels(DeviceFacts facts) {
        this.facts = facts;
    }

    long load(byte[] image) {
        modules.put(++handles, Cubin.read(image));
        return handles;
    }

    void unload(long module) {
        module(module);
        modules.remove(module);
        functions.values().removeIf(function -> function.module() == module);
    }

    private Cubin module(long handle) {
        Cubin cubin = modules.get(handle);
        if (cubin == null) {
            throw new DefectException("kernels: they must have been loaded and not unloaded, got handle " + handle);
        }
        return cubin;
    }

    long function(long module, String name, int sharedBytes) {
        Cubin.Kernel kernel = module(module)
                .kernel(name)
                .orElseThrow(() -> new DefectException("kernel " + name + ": it must be in its file, but there are "
                        + module(module).kernels().stream()
                                .map(Cubin.Kernel::name)
                                .toList()));
        if (kernel.sharedBytes() + sharedBytes > facts.sharedBytesPerBlock()) {
            throw new DefectException("kernel " + name + ": " + facts.name() + " gives a block at most "
                    + facts.sharedBytesPerBlock() + " bytes of shared memory, but it has " + kernel.sharedBytes()
                    + " and asks for " + sharedBytes + " more");
        }
        functions.put(++handles, new Function(module, kernel, sharedBytes));
        return handles;
    }

    /** Checks a launch; says what the kernel is told the address of. */
    List<Access> checkLaunch(long handle, Grid grid, MemorySegment parameters, AddressSpace memory) {
        Function function = functions.get(handle);
        if (function == null) {
            throw new DefectException("kernel: its module must be loaded when it is launched, got handle " + handle);
        }
        Cubin.Kernel kernel = function.kernel();
        if (grid.sharedBytes() > function.dynamicBytes()) {
            throw new DefectException("kernel " + kernel.name() + ": it was said to need at most "
                    + function.dynamicBytes() + " bytes of dynamic shared memory, but is launched with "
                    + grid.sharedBytes());
        }
        int registers = (kernel.registers() + REGISTER_UNIT - 1) / REGISTER_UNIT * REGISTER_UNIT;
        if ((long) registers * grid.threads() > REGISTERS_PER_BLOCK) {
            throw new DefectException("kernel " + kernel.name() + ": a block has " + REGISTERS_PER_BLOCK
                    + " registers, but " + grid.threads() + " threads of " + registers + " are launched");
        }
        return checkParameters(kernel, parameters, memory);
    }

    private static List<Access> checkParameters(Cubin.Kernel kernel, MemorySegment parameters, AddressSpace memory) {
        if (parameters.byteSize() != kernel.parameterBytes()
                || kernel.parameters().stream().anyMatch(parameter -> parameter.bytes() != Long.BYTES)) {
            throw new DefectException("kernel " + kernel.name() + ": it takes "
                    + kernel.parameters().size()
                    + " parameters of " + kernel.parameterBytes() + " bytes in all, each of 8, but is launched with "
                    + parameters.byteSize() + " bytes");
        }
        List<Access> accesses = new ArrayList<>();
        for (int i = 0; i < kernel.parameters().size(); i++) {
            long word = parameters.get(ValueLayout.JAVA_LONG_UNALIGNED, (long) i * Long.BYTES);
            if (AddressSpace.isAddress(word)) {
                memory.check("parameter " + i + " of kernel " + kernel.name(), word, 0);
                accesses.add(Access.either(word));
            }
        }
        return accesses;
    }
}
