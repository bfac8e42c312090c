package dev.weft.backend.cpu.kernel;

import dev.weft.backend.cpu.codegen.DotKernel;
import dev.weft.backend.cpu.codegen.FewRows;
import dev.weft.backend.cpu.codegen.FewRowsKernels;
import dev.weft.backend.cpu.codegen.HeldProduct;
import dev.weft.backend.cpu.codegen.HeldProductKernels;
import dev.weft.backend.cpu.codegen.Kernel;
import dev.weft.backend.cpu.codegen.MapKernels;
import dev.weft.backend.cpu.codegen.Slot;
import dev.weft.backend.cpu.codegen.TableKernels;
import dev.weft.backend.cpu.nativelib.MatmulProblem;
import dev.weft.backend.cpu.nativelib.Processor;
import dev.weft.graph.Value;
import dev.weft.graph.nest.PlaceCheck;
import dev.weft.graph.op.CumulativeSum;
import dev.weft.graph.op.Reduction;
import dev.weft.graph.op.Table;
import dev.weft.graph.schedule.Region;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** What a region of a schedule becomes. */
public final class RegionWork {
    private final Region region;
    private final Map<Value, Value> sharing;
    private final Predicate<MatmulProblem> isKnown;

    private RegionWork(Region region, Map<Value, Value> sharing, Predicate<MatmulProblem> isKnown) {
        this.region = region;
        this.sharing = sharing;
        this.isKnown = isKnown;
    }

    private boolean isFast(Product product) {
        return product.tiles().stream()
                .flatMap(tile -> product.problems(tile, false).stream())
                .allMatch(isKnown);
    }

    /**
     * @param sharing for a value that lies where another one of the region lies, that other one
     * @param isKnown whether oneDNN has fast code for a problem
     */
    public static List<Work> of(Region region, Map<Value, Value> sharing, Predicate<MatmulProblem> isKnown) {
        RegionWork work = new RegionWork(region, sharing, isKnown);
        return switch (region.kind()) {
            case MAP -> region.parts().isEmpty() ? work.map() : new LoopWork(region, sharing).work();
            case CONTRACT -> work.contract();
            case STREAM -> work.stream();
            case TABLE -> work.table();
        };
    }

    /** What the work of a region depends on beside it: which of its inputs hide what they are multiplied by. */
    public static boolean told(Value input) {
        return HiddenTerms.areZero(input);
    }

    private List<Work> map() {
        long rows = region.space().outerElements();
        long width = region.space().rowElements();
        return runs(MapKernels.of(rows, width, region.values(), region.outputs(), sharing));
    }

    static List<Work> runs(List<Kernel> kernels) {
        List<Work> work = new ArrayList<>();
        kernels.stream().filter(kernel -> kernel.units() > 0).forEach(kernel -> work.add(new Work.Run(kernel)));
        return work;
    }

    private List<Work> contract() {
        Value dot = region.dotValue();
        Set<Value> own = new HashSet<>(region.values());
        List<Value> rest =
                region.values().stream().filter(value -> value != dot).toList();
        List<Value> outputs =
                region.outputs().stream().filter(value -> value != dot).toList();
        Processor processor = Processor.here();
        HeldProduct.Units units =
                new HeldProduct.Units(processor.instructions().contains("avx512_bf16"), processor.hasAvx512());
        Optional<HeldProduct> held = HeldProduct.of(dot, value -> !own.contains(value), units)
                .filter(product -> region.inputs().contains(product.weights().matrix()));
        if (held.isPresent()) {
            return runs(HeldProductKernels.of(
                    held.get(),
                    region.space().outerElements(),
                    region.space().rowElements(),
                    behind(dot, own, outputs),
                    outputs,
                    sharing));
        }
        List<Work> work = new ArrayList<>();
        Optional<Product> readable = Product.of(dot, value -> !own.contains(value));
        boolean totals = rest.stream().anyMatch(value -> value.op() instanceof Reduction);
        Optional<FewRows> few = readable.map(Product::fewRows).filter(rows -> rows.isWorthwhile() && !totals);
        if (few.isPresent()) {
            return fewRows(few.get(), rest, outputs);
        }
        Optional<Product> product = readable.filter(this::isFast);
        List<Kernel> epilogue = outputs.isEmpty() || product.isEmpty()
                ? List.of()
                : MapKernels.tiled(product.get().tiling(isInScratch(product.get())), rest, outputs, sharing);
        if (product.isPresent()) {
            work.add(new Work.Multiply(
                    product.get(),
                    epilogue.stream()
                            .findFirst()
                            .map(kernel -> new Work.Epilogue(kernel, isInScratch(product.get())))));
            epilogue.stream().skip(1).forEach(kernel -> work.add(new Work.Run(kernel)));
        } else {
            work.addAll(runs(List.of(DotKernel.of(dot, region.values(), sharing))));
        }
        if (!outputs.isEmpty() && epilogue.isEmpty()) {
            long rows = region.space().outerElements();
            long width = region.space().rowElements();
            work.addAll(runs(MapKernels.of(rows, width, rest, outputs, sharing)));
        }
        return work;
    }

    /** The values of a region that its outputs are computed from, the product and what comes before it aside. */
    private List<Value> behind(Value dot, Set<Value> own, List<Value> outputs) {
        Set<Value> needed = new HashSet<>();
        Deque<Value> open = new ArrayDeque<>(outputs);
        while (!open.isEmpty()) {
            Value next = open.pop();
            if (next != dot && own.contains(next) && needed.add(next)) {
                open.addAll(next.operands());
            }
        }
        return region.values().stream().filter(needed::contains).toList();
    }

    private List<Work> fewRows(FewRows product, List<Value> rest, List<Value> outputs) {
        long rows = region.space().outerElements();
        long width = region.space().rowElements();
        boolean isStored = region.outputs().contains(product.c());
        return runs(FewRowsKernels.of(product, rows, width, rest, outputs, isStored, sharing));
    }

    private boolean isInScratch(Product product) {
        return !region.outputs().contains(product.c());
    }

    private List<Work> stream() {
        return PanelWork.of(region, sharing, isKnown)
                .map(panels -> List.<Work>of(new Work.Stream(panels)))
                .orElseGet(() -> new UnfusedStream(region, sharing, this::isFast).work());
    }

    private List<Work> table() {
        List<Work> work = new ArrayList<>();
        for (Value value : region.values()) {
            PlaceCheck.of(value)
                    .ifPresent(check -> work.add(
                            new Work.Check(TableKernels.check(check, region.values(), sharing), check.message())));
        }
        Value main = region.values().stream()
                .filter(value -> value.op() instanceof Table || value.op() instanceof CumulativeSum)
                .findFirst()
                .orElseThrow();
        work.addAll(runs(TableKernels.of(main, region.values(), sharing)));
        return work;
    }

    /** Values that the work of a region needs memory for beyond its inputs and outputs. */
    public static List<Value> temporaries(Region region, List<Work> work) {
        return switch (region.kind()) {
            case MAP, TABLE -> List.of();
            case STREAM ->
                work.stream().anyMatch(part -> part instanceof Work.Stream)
                        ? List.of()
                        : UnfusedStream.temporaries(region);
            case CONTRACT -> {
                boolean elsewhere = region.outputs().contains(region.dotValue())
                        || work.stream().anyMatch(part -> isInScratch(part) || isInParts(part, region.dotValue()));
                yield elsewhere ? List.of() : List.of(region.dotValue());
            }
        };
    }

    private static boolean isInParts(Work work, Value product) {
        return work instanceof Work.Run run
                && run.kernel().slots().stream()
                        .anyMatch(slot -> slot instanceof Slot.Partial partial && partial.reduction() == product);
    }

    private static boolean isInScratch(Work work) {
        return switch (work) {
            case Work.Multiply multiply ->
                multiply.epilogue().map(Work.Epilogue::inScratch).orElse(false);
            case Work.Run _, Work.Check _, Work.Loop _, Work.Stream _ -> false;
        };
    }
}
