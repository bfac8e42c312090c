package dev.weft.backend.cpu;

import dev.weft.backend.cpu.codegen.Kernel;
import dev.weft.backend.cpu.codegen.Slot;
import dev.weft.backend.cpu.kernel.PanelProduct;
import dev.weft.backend.cpu.kernel.PanelWork;
import dev.weft.backend.cpu.kernel.Product;
import dev.weft.backend.cpu.kernel.Work;
import dev.weft.backend.cpu.nativelib.KernelFunction;
import dev.weft.backend.cpu.nativelib.LoadedCode;
import dev.weft.backend.cpu.nativelib.Matmul;
import dev.weft.backend.cpu.nativelib.MatmulCall;
import dev.weft.backend.cpu.nativelib.MatmulProblem;
import dev.weft.backend.cpu.runtime.Step;
import dev.weft.backend.cpu.runtime.Walk;
import dev.weft.backend.spi.Timeline;
import dev.weft.graph.UserException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Machine code in this process and steps that call it on a session's memory: all arguments are prepared, a run allocates nothing. */
final class BoundKernels implements AutoCloseable {
    private static final long WORD = 8;

    private final CompiledProgram compiled;
    private final SessionMemory memory;
    private final int threads;
    private final LoadedCode code;
    private final Meanings meanings = new Meanings();
    private final Bindings.Shared shared;
    private final Map<String, KernelFunction> functions;
    private final Map<Matmul, MatmulCall[]> calls = new HashMap<>();
    private final MemorySegment status;

    BoundKernels(CompiledProgram compiled, SessionMemory memory, int threads) {
        this.compiled = compiled;
        this.memory = memory;
        this.threads = threads;
        this.code = compiled.kernels().load();
        this.functions = compiled.kernels().functions(code);
        this.status = memory.block(ArgumentBlocks.STATUS_BYTES, "status");
        this.shared = new Bindings.Shared(meanings, status);
    }

    /**
     * What an entry does.
     *
     * @param parts what each step is
     */
    record EntrySteps(Walk walk, List<Timeline.Step> parts) {}

    EntrySteps steps(String entry) {
        StepOrder order = new StepOrder();
        long next = 0;
        for (CompiledProgram.RegionSteps region : compiled.entries().get(entry).get()) {
            Temporaries temporaries = new Temporaries(region);
            // In turns, so that a region need not wait for the temporaries of the one before.
            long offset = next + temporaries.bytes() <= memory.temporaries().byteSize() ? next : 0;
            next = offset + temporaries.bytes();
            Bindings bindings = new Bindings(entry, region.places(), memory, shared, temporaries, offset);
            if (region.step() instanceof dev.weft.graph.plan.Step.Copy copy) {
                Step step = copy(memory.at(copy.from(), entry), memory.at(copy.to(), entry));
                order.add(step, new Timeline.Step("copy", Timeline.NO_REGION), bindings.effects(copy), false);
            }
            boolean finishes = false;
            for (Work work : region.work()) {
                StepOrder.Effects effects = bindings.effects(region.step(), work);
                order.add(step(work, bindings), part(region, work), effects, finishes);
                finishes = true;
            }
        }
        order.delayFinishing();
        return new EntrySteps(order.walk(), order.parts());
    }

    private Step step(Work work, Bindings bindings) {
        return switch (work) {
            case Work.Run run -> run(run.kernel(), bindings);
            case Work.Loop loop -> loop(loop, bindings);
            case Work.Check check -> check(check, bindings);
            case Work.Multiply multiply -> multiply(multiply, bindings);
            case Work.Stream stream -> stream(stream, bindings);
        };
    }

    private Timeline.Step part(CompiledProgram.RegionSteps region, Work work) {
        int number = region.step() instanceof dev.weft.graph.plan.Step.Run run ? run.region() : -1;
        return new Timeline.Step(StageTexts.describe(work, compiled.kernels()), number);
    }

    private Step run(Kernel kernel, Bindings bindings) {
        KernelFunction function = function(kernel);
        MemorySegment arguments = arguments(kernel.slots(), bindings);
        MemorySegment[] scratch = scratch();
        long units = kernel.units();
        if (units == 1) {
            return Step.single(() -> function.call(arguments, scratch[0], 0, 1));
        }
        return (thread, team) -> {
            long first = Step.firstUnit(units, thread, team);
            long end = Step.firstUnit(units, thread + 1, team);
            if (first < end) {
                function.call(arguments, scratch[thread], first, end);
            }
        };
    }

    /** Each thread takes equally many units, one after the other through the tensors. */
    private Step loop(Work.Loop loop, Bindings bindings) {
        KernelFunction function = function(loop.kernel());
        List<Work.Piece> pieces = loop.pieces();
        MemorySegment[] arguments = new MemorySegment[pieces.size()];
        long[] starts = new long[pieces.size() + 1];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = arguments(pieces.get(i).slots(), bindings);
            starts[i + 1] = starts[i] + pieces.get(i).units();
        }
        MemorySegment[] scratch = scratch();
        return (thread, team) -> {
            long first = Step.firstUnit(starts[arguments.length], thread, team);
            long end = Step.firstUnit(starts[arguments.length], thread + 1, team);
            for (int i = 0; i < arguments.length; i++) {
                long from = Math.max(first, starts[i]);
                long to = Math.min(end, starts[i + 1]);
                if (from < to) {
                    function.call(arguments[i], scratch[thread], from - starts[i], to - starts[i]);
                }
            }
        };
    }

    private MemorySegment[] scratch() {
        MemorySegment[] scratch = new MemorySegment[threads];
        for (int thread = 0; thread < threads; thread++) {
            scratch[thread] = memory.scratch(thread);
        }
        return scratch;
    }

    private MemorySegment arguments(List<Slot> slots, Bindings bindings) {
        MemorySegment arguments = memory.block(slots.size() * WORD, "arguments");
        for (int i = 0; i < slots.size(); i++) {
            arguments.setAtIndex(ValueLayout.JAVA_LONG, i, bindings.word(slots.get(i)));
        }
        return arguments;
    }

    private Step check(Work.Check check, Bindings bindings) {
        Step look = run(check.kernel(), bindings);
        return Step.single(() -> {
            look.run(0, 1);
            if (status.getAtIndex(ValueLayout.JAVA_LONG, 0) != 0) {
                long found = status.getAtIndex(ValueLayout.JAVA_LONG, 1);
                status.setAtIndex(ValueLayout.JAVA_LONG, 0, 0);
                throw new UserException(check.message().formatted(found));
            }
        });
    }

    private Step multiply(Work.Multiply multiply, Bindings bindings) {
        Product product = multiply.product();
        List<Product.Tile> tiles = product.tiles();
        MatmulCall[][][] byThread = new MatmulCall[threads][tiles.size()][];
        for (int variant = 0; variant < tiles.size(); variant++) {
            List<MatmulCall[]> pieces = compiled.matmuls(multiply, tiles.get(variant)).stream()
                    .map(matmul -> calls.computeIfAbsent(matmul, this::calls))
                    .toList();
            for (int thread = 0; thread < threads; thread++) {
                int self = thread;
                byThread[thread][variant] =
                        pieces.stream().map(perThread -> perThread[self]).toArray(MatmulCall[]::new);
            }
        }
        boolean inScratch = CompiledProgram.isInScratch(multiply);
        return new ProductStep(
                product,
                bindings.address(product.a()),
                bindings.address(product.b()),
                inScratch ? OptionalLong.empty() : OptionalLong.of(bindings.address(product.c())),
                byThread,
                tails(multiply, bindings));
    }

    /** For each thread, what follows each tile. */
    private List<ProductStep.Tail> tails(Work.Multiply multiply, Bindings bindings) {
        if (multiply.epilogue().isEmpty()) {
            return List.of();
        }
        Kernel kernel = multiply.epilogue().get().kernel();
        KernelFunction function = function(kernel);
        MemorySegment arguments = arguments(kernel.slots(), bindings);
        long offset = compiled.tileOffset(multiply);
        List<ProductStep.Tail> tails = new ArrayList<>();
        for (int thread = 0; thread < threads; thread++) {
            tails.add(new ProductStep.Tail(
                    function, arguments, memory.scratch(thread).asSlice(offset)));
        }
        return tails;
    }

    private Step stream(Work.Stream stream, Bindings bindings) {
        PanelWork work = stream.panels();
        Kernel kernel = work.kernel().kernel();
        long offset = compiled.panelOffset(stream);
        MemorySegment[] scratch = new MemorySegment[threads];
        for (int thread = 0; thread < threads; thread++) {
            scratch[thread] = memory.scratch(thread).asSlice(offset);
        }
        PanelCalls calls = new PanelCalls(work, memory, threads, this::calls, this::function);
        List<StreamStep.Part> parts = new ArrayList<>();
        for (PanelProduct product : work.products()) {
            parts.add(new StreamStep.Part(
                    product,
                    place(product.a(), work, bindings),
                    place(product.b(), work, bindings),
                    place(product.c(), work, bindings),
                    calls.of(product)));
        }
        int fronts = work.fronts().size();
        return new StreamStep(
                work,
                parts.subList(0, fronts),
                parts.subList(fronts, parts.size()),
                function(kernel),
                bindings.reader(work.live()),
                arguments(kernel.slots(), bindings),
                scratch);
    }

    private static StreamStep.Place place(PanelProduct.Side side, PanelWork work, Bindings bindings) {
        long base = side.inPanel() ? work.kernel().offsets().get(side.root()) : bindings.address(side.root());
        return StreamStep.Place.of(side, base);
    }

    /** For each thread its call of a product. */
    private MatmulCall[] calls(MatmulProblem problem) {
        Matmul matmul = compiled.products().get().matmul(problem).orElseThrow();
        return calls.computeIfAbsent(matmul, this::calls);
    }

    private KernelFunction function(Kernel kernel) {
        return functions.get(compiled.kernels().name(kernel));
    }

    private MatmulCall[] calls(Matmul matmul) {
        MatmulCall[] result = new MatmulCall[threads];
        for (int thread = 0; thread < threads; thread++) {
            result[thread] = matmul.call(memory.scratch(thread));
        }
        return result;
    }

    private static Step copy(MemorySegment from, MemorySegment to) {
        return (thread, team) -> {
            long first = Step.firstUnit(from.byteSize(), thread, team);
            long end = Step.firstUnit(from.byteSize(), thread + 1, team);
            MemorySegment.copy(from, first, to, first, end - first);
        };
    }

    @Override
    public void close() {
        for (MatmulCall[] perThread : calls.values()) {
            for (MatmulCall call : perThread) {
                call.close();
            }
        }
        code.close();
        meanings.close();
    }
}
