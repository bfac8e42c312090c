package dev.weft.graph.schedule;

import dev.weft.graph.Graph;
import dev.weft.graph.Value;
import java.util.List;
import java.util.Optional;

/**
 * A graph cut into regions, in an order in which they can run.
 *
 * @param notFused for each stored value and each user in another region, why they are apart
 */
public record Schedule(Graph graph, List<Region> regions, List<NotFused> notFused) {

    public Schedule {
        regions = List.copyOf(regions);
        notFused = List.copyOf(notFused);
    }

    /** The regions that {@code model} asks for. The graph must be free of calls and gradients. */
    public static Schedule of(Graph graph, FusionModel model) {
        Groups groups = new Groups(new Roles(graph, model));
        MapFusion maps = new MapFusion(groups, model);
        maps.producersWithUsers();
        if (model.fuse()) {
            maps.readersOfOneTensor();
            new Rematerialization(groups, model).run();
            new StreamFusion(groups, model).run();
            new EpilogueFusion(groups, model).run();
            maps.neighbours();
            maps.readersOfOneTensor();
        }
        List<Region> regions = new Regions(groups).all();
        return new Schedule(
                graph, model.fuse() ? TensorLoops.join(graph, regions) : regions, new Reasons(groups, model).all());
    }

    /** What all regions cost together. */
    public RegionCost cost() {
        return regions.stream().map(RegionCost::of).reduce(RegionCost.NONE, RegionCost::plus);
    }

    /** How many different kernels the regions are. */
    public int kernels() {
        return (int) regions.stream()
                .map(region -> RegionText.of(region).text())
                .distinct()
                .count();
    }

    /** Why {@code consumer} does not read {@code producer} inside one region; empty where it does, or does not read it. */
    public Optional<String> whyNotFused(Value producer, Value consumer) {
        return notFused.stream()
                .filter(apart -> apart.producer() == producer && apart.consumer() == consumer)
                .map(NotFused::reason)
                .findFirst();
    }
}
