package dev.weft.backend.cuda.region;

import dev.weft.backend.cuda.codegen.DotKernel;
import dev.weft.backend.cuda.codegen.Kernel;
import dev.weft.backend.cuda.codegen.MapKernels;
import dev.weft.backend.cuda.codegen.PartKernels;
import dev.weft.backend.cuda.codegen.TableKernels;
import dev.weft.graph.DefectException;
import dev.weft.graph.Value;
import dev.weft.graph.nest.PlaceCheck;
import dev.weft.graph.op.CumulativeSum;
import dev.weft.graph.op.Table;
import dev.weft.graph.schedule.Region;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a region of a schedule becomes. */
public final class RegionWork {
    private final Region region;
    private final Map<Value, Value> sharing;

    private RegionWork(Region region, Map<Value, Value> sharing) {
        this.region = region;
        this.sharing = sharing;
    }

    /** @param sharing for a value that lies where another one of the region lies, that other one */
    public static List<Work> of(Region region, Map<Value, Value> sharing) {
        RegionWork work = new RegionWork(region, sharing);
        return switch (region.kind()) {
            case MAP -> region.parts().isEmpty() ? work.map() : work.parts();
            case CONTRACT -> work.contract();
            case TABLE -> work.table();
            case STREAM -> throw new DefectException("region: the CUDA backend has asked for no streams");
        };
    }

    private List<Work> map() {
        return map(region.values(), region.outputs());
    }

    private List<Work> map(List<Value> values, List<Value> outputs) {
        long rows = region.space().outerElements();
        long width = region.space().rowElements();
        return runs(MapKernels.of(rows, width, values, outputs, sharing));
    }

    private List<Work> parts() {
        return runs(PartKernels.of(region.parts(), sharing));
    }

    private static List<Work> runs(List<Kernel> kernels) {
        List<Work> work = new ArrayList<>();
        kernels.forEach(kernel -> work.add(new Work.Run(kernel)));
        return work;
    }

    private List<Work> contract() {
        Value dot = region.dotValue();
        Set<Value> own = new HashSet<>(region.values());
        List<Value> rest =
                region.values().stream().filter(value -> value != dot).toList();
        List<Value> outputs =
                region.outputs().stream().filter(value -> value != dot).toList();
        List<Work> work = new ArrayList<>();
        Optional<Work.Multiply> product = Products.of(dot, value -> !own.contains(value));
        if (product.isPresent()) {
            work.add(product.get());
        } else if (dot.type().shape().elements() > 0) {
            work.add(new Work.Run(DotKernel.of(dot, region.values(), sharing)));
        }
        if (!outputs.isEmpty()) {
            work.addAll(map(rest, outputs));
        }
        return work;
    }

    private List<Work> table() {
        List<Work> work = new ArrayList<>();
        for (Value value : region.values()) {
            PlaceCheck.of(value)
                    .filter(check -> check.places().type().shape().elements() > 0)
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

    /** Values that the work of a region needs memory for beyond its inputs and outputs: a product that only its epilogue reads. */
    public static List<Value> temporaries(Region region) {
        return region.kind() == Region.Kind.CONTRACT && !region.outputs().contains(region.dotValue())
                ? List.of(region.dotValue())
                : List.of();
    }
}
