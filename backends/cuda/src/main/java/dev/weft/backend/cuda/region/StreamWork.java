package dev.weft.backend.cuda.region;

import dev.weft.backend.cuda.codegen.DotKernel;
import dev.weft.backend.cuda.codegen.Kernel;
import dev.weft.backend.cuda.codegen.MapKernels;
import dev.weft.backend.cuda.codegen.Slot;
import dev.weft.backend.cuda.codegen.StreamKernels;
import dev.weft.backend.cuda.epilogue.Ending;
import dev.weft.graph.Value;
import dev.weft.graph.op.Movement;
import dev.weft.graph.op.StopGradient;
import dev.weft.graph.schedule.Region;
import dev.weft.graph.schedule.StreamLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What a stream region becomes: kernels that work by tiles or, where these cannot hold it, its products and maps one after the other. */
final class StreamWork {
    private final Region region;
    private final StreamLayout layout;
    private final Map<Value, Value> sharing;
    private final ProductSupport support;
    private final Set<Value> moves = new LinkedHashSet<>();

    private StreamWork(Region region, Map<Value, Value> sharing, ProductSupport support) {
        this.support = support;
        this.region = region;
        this.layout = StreamLayout.of(region);
        this.sharing = sharing;
        region.values().stream().filter(StreamWork::isMovement).forEach(moves::add);
    }

    static RegionWork of(Region region, Map<Value, Value> sharing, ProductSupport support) {
        List<Work> work = StreamKernels.of(region, sharing, support.facts())
                .map(StreamWork::runs)
                .orElseGet(() -> new StreamWork(region, sharing, support).oneByOne());
        return new RegionWork(work, temporaries(region, work));
    }

    private static List<Value> temporaries(Region region, List<Work> work) {
        Set<Value> used = new HashSet<>();
        for (Work part : work) {
            switch (part) {
                case Work.Run run -> add(run.kernel(), used);
                case Work.Check check -> add(check.kernel(), used);
                case Work.Multiply multiply ->
                    used.addAll(List.of(
                            multiply.left(), multiply.right(), multiply.ending().result()));
            }
        }
        return region.values().stream()
                .filter(value -> used.contains(value) && !region.outputs().contains(value))
                .toList();
    }

    private static void add(Kernel kernel, Set<Value> used) {
        for (Slot slot : kernel.slots()) {
            if (slot instanceof Slot.Tensor tensor) {
                used.add(tensor.value());
            }
        }
    }

    private static List<Work> runs(List<Kernel> kernels) {
        List<Work> work = new ArrayList<>();
        kernels.forEach(kernel -> work.add(new Work.Run(kernel)));
        return work;
    }

    private List<Work> oneByOne() {
        List<Work> work = new ArrayList<>();
        layout.fronts().forEach(front -> work.add(product(front.value())));
        work.addAll(rows());
        layout.backs().forEach(back -> work.add(product(back.value())));
        for (Value output : region.outputs()) {
            if (moves.contains(output)) {
                long elements = output.type().shape().elements();
                work.addAll(runs(MapKernels.of(1, elements, List.copyOf(moves), List.of(output), sharing)));
            }
        }
        return work;
    }

    private static boolean isMovement(Value value) {
        return value.op() instanceof Movement || value.op() instanceof StopGradient;
    }

    private Work product(Value dot) {
        return Products.of(dot, value -> !moves.contains(value))
                .flatMap(product -> Products.ended(product, Ending.none(dot), support.tf32()))
                .<Work>map(product -> product)
                .orElseGet(() -> new Work.Run(DotKernel.of(dot, List.copyOf(moves), sharing)));
    }

    /** What stands between the products. */
    private List<Work> rows() {
        List<Value> values = StreamKernels.between(region);
        List<Value> outputs = values.stream()
                .filter(value -> layout.backs().stream().anyMatch(back -> back.panel() == value)
                        || region.outputs().contains(value))
                .toList();
        return runs(
                MapKernels.of(region.space().outerElements(), region.space().rowElements(), values, outputs, sharing));
    }
}
