package dev.weft.backend.cpu;

import dev.weft.backend.cpu.CompiledProgram.Needs;
import dev.weft.backend.cpu.CompiledProgram.RegionSteps;
import dev.weft.backend.cpu.codegen.Kernel;
import dev.weft.backend.cpu.nativelib.OneDnn;
import dev.weft.backend.cpu.nativelib.Processor;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A compiled program as it is kept: plan, steps and machine code, and nothing that was needed to make them.
 *
 * @param instructions extensions of the processor that the code may use
 * @param library which oneDNN was asked what its products need
 * @param signature of the program
 * @param plan without what its entries do
 * @param needs as that library told
 * @param kernels machine code, by name
 * @param entries what each does, as bytes of {@link Steps}: read when it is first run
 */
record Executable(
        List<String> instructions,
        String library,
        Signature signature,
        Plan plan,
        Needs needs,
        List<Code> kernels,
        Map<String, EntryStatistics> statistics,
        Again again,
        Map<String, byte[]> entries) {

    /** The object file of a kernel. */
    record Code(String name, byte[] object) {}

    /** What an entry does; its kernels are known by name, not by text. */
    record Steps(List<RegionSteps> regions) {}

    /** The bytes of a program; empty where some of it cannot be kept. */
    static Optional<byte[]> write(Program program, CompiledProgram compiled, Needs needs) {
        KernelSet kernels = compiled.kernels();
        try {
            Map<String, byte[]> entries = new LinkedHashMap<>();
            compiled.entries().forEach((name, steps) -> entries.put(name, write(new Steps(steps.get()), kernels)));
            Executable executable = new Executable(
                    Processor.here().instructions(),
                    OneDnn.identity(),
                    Signature.of(program),
                    new Plan(compiled.plan().slabs(), compiled.plan().arenaBytes(), List.of()),
                    needs,
                    kernels.codes(),
                    compiled.statistics(),
                    compiled.again(),
                    entries);
            return Optional.of(write(executable, kernels));
        } catch (Unwritable unusual) {
            return Optional.empty();
        }
    }

    private static byte[] write(Record record, KernelSet kernels) {
        return RecordWriter.write(
                record,
                part -> part instanceof Kernel kernel
                        ? new Kernel(kernels.name(kernel), kernel.slots(), kernel.units(), kernel.scratchBytes())
                        : part);
    }

    /**
     * From its bytes.
     *
     * @throws UserException if they are damaged or of another version
     * @throws MachineException if this processor lacks instructions
     */
    static Executable read(byte[] bytes, Processor processor) {
        Executable executable = read(bytes, Executable.class);
        List<String> lacking = processor.lacks(executable.instructions());
        if (!lacking.isEmpty()) {
            throw new MachineException(
                    "executable: was made for a processor with %s, which this one (%s) lacks; compile it on this machine"
                            .formatted(String.join(", ", lacking), processor.model()));
        }
        return executable;
    }

    private static <T> T read(byte[] bytes, Class<T> type) {
        try {
            return RecordReader.read(bytes, type);
        } catch (Unreadable failure) {
            throw new UserException("executable: cannot be read: " + failure.getMessage(), failure);
        }
    }

    /**
     * What an entry does.
     *
     * @throws UserException if its bytes are damaged or of another version
     */
    List<RegionSteps> steps(String entry) {
        return read(entries.get(entry), Steps.class).regions();
    }

    /** As if it had just been compiled, which it was not: that took no time. */
    CompiledProgram compiled(Supplier<OneDnn> products, double millis) {
        Map<String, Supplier<List<RegionSteps>>> steps = new LinkedHashMap<>();
        entries.keySet().forEach(entry -> steps.put(entry, () -> steps(entry)));
        return new CompiledProgram(
                plan,
                steps,
                Map.of(),
                KernelSet.of(kernels),
                products,
                statistics,
                List.of(),
                false,
                again,
                millis,
                library.equals(OneDnn.identity()) ? needs : null);
    }
}
