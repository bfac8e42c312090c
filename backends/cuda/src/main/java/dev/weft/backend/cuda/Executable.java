package dev.weft.backend.cuda;

import dev.weft.backend.cuda.CompiledProgram.RegionSteps;
import dev.weft.backend.cuda.codegen.Kernel;
import dev.weft.backend.cuda.device.DeviceFacts;
import dev.weft.backend.spi.Memory;
import dev.weft.backend.spi.Signature;
import dev.weft.backend.spi.Statistics.Again;
import dev.weft.backend.spi.Statistics.EntryStatistics;
import dev.weft.backend.spi.executable.RecordReader;
import dev.weft.backend.spi.executable.RecordWriter;
import dev.weft.backend.spi.executable.Unreadable;
import dev.weft.backend.spi.executable.Unwritable;
import dev.weft.graph.MachineException;
import dev.weft.graph.Program;
import dev.weft.graph.UserException;
import dev.weft.graph.plan.Plan;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A compiled program as it is kept: plan, steps and machine code, and nothing that was needed to make them. In which way products are made
 * is not in it: that is chosen where it runs.
 *
 * @param architecture of the device that the code is for
 * @param signature of the program
 * @param plan without what its entries do
 * @param entries what each does; kernels have their names in place of their texts
 */
record Executable(
        String architecture,
        Signature signature,
        Plan plan,
        KernelCode code,
        Map<String, EntryStatistics> statistics,
        Again again,
        Map<String, List<RegionSteps>> entries) {

    /** The bytes of a program; empty where some of it cannot be kept. */
    static Optional<byte[]> write(Program program, CompiledProgram compiled, DeviceFacts facts) {
        KernelSet kernels = compiled.kernels();
        Executable executable = new Executable(
                facts.architecture(),
                Signature.of(program),
                new Plan(compiled.plan().slabs(), compiled.plan().arenaBytes(), List.of()),
                kernels.code(),
                compiled.statistics(),
                compiled.again(),
                compiled.entries());
        try {
            return Optional.of(RecordWriter.write(
                    executable,
                    part -> part instanceof Kernel kernel
                            ? new Kernel(kernels.name(kernel), kernel.slots(), kernel.grid())
                            : part));
        } catch (Unwritable unusual) {
            return Optional.empty();
        }
    }

    /**
     * From its bytes.
     *
     * @throws UserException if they are damaged or of another version
     * @throws MachineException if this device cannot run the code
     */
    static Executable read(byte[] bytes, DeviceFacts facts) {
        Executable executable;
        try {
            executable = RecordReader.read(bytes, Executable.class);
        } catch (Unreadable failure) {
            throw new UserException("executable: cannot be read: " + failure.getMessage(), failure);
        }
        if (!executable.architecture().equals(facts.architecture())) {
            throw new MachineException(
                    "executable: was compiled for %s, and this device (%s) is %s; compile it on this machine"
                            .formatted(executable.architecture(), facts.name(), facts.architecture()));
        }
        int shared = executable.code().mostSharedBytes();
        if (shared > facts.sharedBytesPerBlock()) {
            throw new MachineException(
                    "executable: its kernels need %s of shared memory, and this device (%s) has %s; compile it on this machine"
                            .formatted(Memory.text(shared), facts.name(), Memory.text(facts.sharedBytesPerBlock())));
        }
        return executable;
    }

    /** As if it had just been compiled, which it was not: that took no time. */
    CompiledProgram compiled(double millis) {
        return new CompiledProgram(plan, entries, Map.of(), KernelSet.of(code), statistics, List.of(), again, millis);
    }
}
