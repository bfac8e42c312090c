package dev.weft.backend.cpu.kernel;

import dev.weft.backend.cpu.codegen.DotKernel;
import dev.weft.backend.cpu.codegen.MapKernels;
import dev.weft.graph.Value;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Movement;
import dev.weft.graph.op.StopGradient;
import dev.weft.graph.schedule.Region;
import dev.weft.graph.schedule.StreamLayout;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A stream region step by step, with all its values in memory: for products that oneDNN has no fast code for. */
final class UnfusedStream {
    private final Region region;
    private final StreamLayout layout;
    private final Map<Value, Value> sharing;
    private final Predicate<Product> isFast;
    private final Set<Value> moves = new LinkedHashSet<>();

    UnfusedStream(Region region, Map<Value, Value> sharing, Predicate<Product> isFast) {
        this.region = region;
        this.layout = StreamLayout.of(region);
        this.sharing = sharing;
        this.isFast = isFast;
        region.values().stream().filter(UnfusedStream::isMovement).forEach(moves::add);
    }

    List<Work> work() {
        List<Work> work = new ArrayList<>();
        layout.fronts().forEach(front -> work.addAll(product(front.value())));
        work.addAll(rows());
        layout.backs().forEach(back -> work.addAll(product(back.value())));
        for (Value output : region.outputs()) {
            if (moves.contains(output)) {
                long elements = output.type().shape().elements();
                work.addAll(RegionWork.runs(MapKernels.of(1, elements, List.copyOf(moves), List.of(output), sharing)));
            }
        }
        return work;
    }

    private static boolean isMovement(Value value) {
        return value.op() instanceof Movement || value.op() instanceof StopGradient;
    }

    private List<Work> product(Value dot) {
        Set<Value> own = new HashSet<>(moves);
        Optional<Product> product =
                Product.of(dot, value -> !own.contains(value)).filter(isFast);
        return product.<List<Work>>map(fast -> List.of(new Work.Multiply(fast, Optional.empty())))
                .orElseGet(() -> RegionWork.runs(List.of(DotKernel.of(dot, List.copyOf(moves), sharing))));
    }

    /** What stands between the products. */
    private List<Work> rows() {
        List<Value> values = between(region);
        List<Value> outputs = values.stream()
                .filter(value -> isPanel(layout, value) || region.outputs().contains(value))
                .toList();
        return RegionWork.runs(
                MapKernels.of(region.space().outerElements(), region.space().rowElements(), values, outputs, sharing));
    }

    /** What is computed row by row, and what is free for it. */
    static List<Value> between(Region region) {
        Set<Value> behind = new HashSet<>();
        List<Value> values = new ArrayList<>();
        for (Value value : region.values()) {
            boolean back = value.op() instanceof DotGeneral;
            if (back || isMovement(value) && value.operands().stream().anyMatch(behind::contains)) {
                behind.add(value);
            } else {
                values.add(value);
            }
        }
        return values;
    }

    static boolean isPanel(StreamLayout layout, Value value) {
        return layout.backs().stream().anyMatch(back -> back.panel() == value);
    }

    /** Everything of the full size, and products that are written elsewhere. */
    static List<Value> temporaries(Region region) {
        StreamLayout layout = StreamLayout.of(region);
        return Stream.of(
                        layout.fronts().stream().map(StreamLayout.Front::value),
                        layout.backs().stream().map(StreamLayout.Back::panel),
                        layout.backs().stream().map(StreamLayout.Back::value))
                .flatMap(values -> values)
                .distinct()
                .filter(value -> !region.outputs().contains(value))
                .toList();
    }
}
