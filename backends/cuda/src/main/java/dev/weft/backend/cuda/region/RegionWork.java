package dev.weft.backend.cuda.region;

import dev.weft.backend.cuda.codegen.Kernel;
import dev.weft.backend.cuda.codegen.MapKernels;
import dev.weft.backend.cuda.codegen.PartKernels;
import dev.weft.backend.cuda.codegen.TableKernels;
import dev.weft.graph.Value;
import dev.weft.graph.nest.PlaceCheck;
import dev.weft.graph.op.CumulativeSum;
import dev.weft.graph.op.Table;
import dev.weft.graph.schedule.Region;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a region of a schedule becomes.
 *
 * @param temporaries values that the work needs memory for beyond the region's inputs and outputs
 */
public record RegionWork(List<Work> work, List<Value> temporaries) {

    public RegionWork {
        work = List.copyOf(work);
        temporaries = List.copyOf(temporaries);
    }

    /** @param sharing for a value that lies where another one of the region lies, that other one */
    public static RegionWork of(Region region, Map<Value, Value> sharing, ProductSupport support) {
        Generated generated = new Generated(region, sharing);
        return switch (region.kind()) {
            case MAP -> new RegionWork(region.parts().isEmpty() ? generated.map() : generated.parts(), List.of());
            case CONTRACT -> ContractWork.of(region, sharing, support);
            case TABLE -> new RegionWork(generated.table(), List.of());
            case STREAM -> StreamWork.of(region, sharing, support);
        };
    }

    /**
     * Whether a region may write an output over an input that a kernel could write it over. What an epilogue of a product reads besides
     * its addend, which has the type of its sums, must lie apart from its result.
     */
    public static boolean mayOverwrite(Region region, Value input, Value output) {
        return region.kind() != Region.Kind.CONTRACT || input.type().element().bytes() >= Float.BYTES;
    }

    /** Regions that become kernels alone. */
    private record Generated(Region region, Map<Value, Value> sharing) {

        private List<Work> map() {
            long rows = region.space().outerElements();
            long width = region.space().rowElements();
            return runs(MapKernels.of(rows, width, region.values(), region.outputs(), sharing));
        }

        private List<Work> parts() {
            return runs(PartKernels.of(region.parts(), sharing));
        }

        private static List<Work> runs(List<Kernel> kernels) {
            List<Work> work = new ArrayList<>();
            kernels.forEach(kernel -> work.add(new Work.Run(kernel)));
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
    }
}
