package dev.weft.graph.schedule;

import dev.weft.graph.Graph;
import java.util.List;

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
            new EpilogueFusion(groups, model).run();
            maps.readersOfOneTensor();
        }
        return new Schedule(graph, new Regions(groups).all(), List.of());
    }
}
