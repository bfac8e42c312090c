package dev.weft.backend.cuda.codegen;

import dev.weft.backend.cuda.device.DeviceFacts;
import dev.weft.graph.Value;
import dev.weft.graph.schedule.Region;
import dev.weft.graph.schedule.StreamLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The kernels of a stream region, by tiles: nothing of the full size is ever in memory. */
public final class StreamKernels {
    private StreamKernels() {}

    /**
     * One kernel for what goes along the rows, and one for each group of products that accumulates otherwise; these read what the first
     * one has reduced.
     *
     * @param sharing for an output that takes over an input's memory, that input
     * @return empty where tiles of the region do not fit a block, or are of elements that are not multiplied by tiles
     */
    public static Optional<List<Kernel>> of(Region region, Map<Value, Value> sharing, DeviceFacts facts) {
        return StreamTask.of(region).flatMap(tasks -> {
            List<Kernel> kernels = new ArrayList<>();
            for (StreamTask task : tasks) {
                Optional<TilePlan> plan = TilePlan.of(task, facts);
                if (plan.isEmpty()) {
                    return Optional.empty();
                }
                kernels.add(new TileKernel(task, plan.get(), sharing).kernel());
            }
            return Optional.of(kernels);
        });
    }

    /** What a stream region computes between its products. */
    public static List<Value> between(Region region) {
        return StreamTask.between(region, StreamLayout.of(region));
    }
}
