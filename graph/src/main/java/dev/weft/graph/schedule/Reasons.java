package dev.weft.graph.schedule;

import dev.weft.graph.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Says for each stored value and each user of it in another region why they are apart. */
final class Reasons {

    private record Pair(Group producer, Group consumer) {}

    private final Groups groups;
    private final FusionModel model;
    private final Map<Pair, String> known = new HashMap<>();

    Reasons(Groups groups, FusionModel model) {
        this.groups = groups;
        this.model = model;
    }

    List<NotFused> all() {
        List<NotFused> all = new ArrayList<>();
        for (Group group : groups.order()) {
            for (Value output : Groups.sorted(group)) {
                if (groups.isOutput(output, group)) {
                    of(output, group, all);
                }
            }
        }
        return all;
    }

    private void of(Value output, Group group, List<NotFused> all) {
        for (Value user : groups.roles().users(output)) {
            for (Group reader : groups.holders(user)) {
                if (!reader.members.contains(output)) {
                    String reason = known.computeIfAbsent(new Pair(group, reader), this::reason);
                    all.add(new NotFused(output, user, reason));
                }
            }
        }
    }

    private String reason(Pair pair) {
        if (!model.fuse()) {
            return "the backend asks for one region per value";
        }
        if (pair.producer().kind == Region.Kind.CONTRACT) {
            String reason = new EpilogueFusion(groups, model)
                    .attempt(pair.producer(), pair.consumer())
                    .reason();
            return reason == null ? "the epilogue was left as it is" : reason + stream(pair);
        }
        String reason = Fit.of(pair.producer(), pair.consumer(), groups, model).reason();
        if (reason != null) {
            return reason;
        }
        return groups.between(pair.producer(), pair.consumer()).isEmpty()
                ? "a region between them needs the one and is needed by the other"
                : "the regions were left as they are";
    }

    /** Why product and map are no stream either, where the map reads all elements of the product. */
    private String stream(Pair pair) {
        Group core = pair.consumer();
        boolean possible = model.streams().mostColumns() > 0 && core.isOpenMap() && core.full == pair.producer().full;
        String reason = possible ? new StreamPlan(core, groups, model).reason() : null;
        return reason == null ? "" : "; no stream of panels, because " + reason;
    }
}
