package dev.weft.backend.cpu;

import dev.weft.backend.cpu.codegen.Kernel;
import dev.weft.backend.cpu.executable.RecordReader;
import dev.weft.backend.cpu.executable.RecordWriter;
import dev.weft.backend.cpu.executable.Unreadable;
import dev.weft.backend.cpu.executable.Unwritable;
import dev.weft.backend.cpu.nativelib.OneDnn;
import dev.weft.backend.cpu.nativelib.Processor;
import dev.weft.backend.spi.Signature;
import dev.weft.backend.spi.Statistics.Again;
import dev.weft.backend.spi.Statistics.EntryStatistics;
import dev.weft.graph.MachineException;
import dev.weft.graph.Program;
import dev.weft.graph.UserException;
import dev.weft.graph.plan.Plan;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A compiled program as it is kept: plan, steps and machine code, and nothing that was needed to make them.
 *
 * @param instructions extensions of the processor that the code may use
 * @param signature of the program
 * @param entries what each does; its kernels are known by name, not by text
 */
record Executable(
        List<String> instructions,
        Signature signature,
        Plan plan,
        Map<String, List<CompiledProgram.RegionSteps>> entries,
        List<Code> kernels,
        Map<String, EntryStatistics> statistics,
        Again again) {

    /** The object file of a kernel. */
    record Code(String name, byte[] object) {}

    /** The bytes of a program; empty where some of it cannot be kept. */
    static Optional<byte[]> write(Program program, CompiledProgram compiled) {
        KernelSet kernels = compiled.kernels();
        Executable executable = new Executable(
                Processor.here().instructions(),
                Signature.of(program),
                compiled.plan(),
                compiled.entries(),
                kernels.codes(),
                compiled.statistics(),
                compiled.again());
        try {
            return Optional.of(RecordWriter.write(
                    executable,
                    part -> part instanceof Kernel kernel
                            ? new Kernel(kernels.name(kernel), kernel.slots(), kernel.units(), kernel.scratchBytes())
                            : part));
        } catch (Unwritable unusual) {
            return Optional.empty();
        }
    }

    /**
     * From its bytes.
     *
     * @throws UserException if they are damaged or of another version
     * @throws MachineException if this processor lacks instructions
     */
    static Executable read(byte[] bytes, Processor processor) {
        Executable executable;
        try {
            executable = RecordReader.read(bytes, Executable.class);
        } catch (Unreadable failure) {
            throw new UserException("executable: cannot be read: " + failure.getMessage(), failure);
        }
        List<String> lacking = processor.lacks(executable.instructions());
        if (!lacking.isEmpty()) {
            throw new MachineException(
                    "executable: was made for a processor with %s, which this one (%s) lacks; compile it on this machine"
                            .formatted(String.join(", ", lacking), processor.model()));
        }
        return executable;
    }

    /** As if it had just been compiled, which it was not: that took no time. */
    CompiledProgram compiled(OneDnn products, double millis) {
        return new CompiledProgram(
                plan, entries, Map.of(), KernelSet.of(kernels), products, statistics, List.of(), false, again, millis);
    }
}
