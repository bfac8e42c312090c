package dev.weft.graph.plan;

import dev.weft.graph.Value;
import dev.weft.graph.nest.PlaceCheck;
import dev.weft.graph.op.OpSchema;
import dev.weft.graph.schedule.Region;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * What regions become, made once for those that are alike: the layers of a model differ in nothing but which values they read and
 * write. The first of them is the model of all; a step that runs another one says where that one's inputs and outputs lie in the
 * words of the model.
 *
 * @param <W> what a region becomes: by its text, by which of its values lie at one place, and by nothing else
 */
public final class AlikeRegions<W> {
    private final Function<Value, ?> told;
    private final Map<Kind, List<Made<W>>> made = new HashMap<>();

    /** What is told at a glance. */
    private record Kind(Region.Kind kind, int inputs, int values, int outputs) {
        static Kind of(Region region) {
            return new Kind(
                    region.kind(),
                    region.inputs().size(),
                    region.values().size(),
                    region.outputs().size());
        }
    }

    /**
     * @param model the region that it was made for
     * @param places where the values of the model lie in the step that was asked for
     */
    public record Made<W>(Region model, RegionPlaces places, W work) {}

    /** @param told what the work depends on beside the region: something of each input */
    public AlikeRegions(Function<Value, ?> told) {
        this.told = told;
    }

    /**
     * The work of a region in one step.
     *
     * @param maker makes it of the first that is asked for among those that are alike
     */
    public Made<W> of(Region region, Step.Run step, BiFunction<Region, RegionPlaces, W> maker) {
        RegionPlaces places = RegionPlaces.of(region, step);
        if (!region.parts().isEmpty()) {
            return new Made<>(region, places, maker.apply(region, places));
        }
        List<Made<W>> candidates = made.computeIfAbsent(Kind.of(region), unseen -> new ArrayList<>());
        for (Made<W> candidate : candidates) {
            if (areAlike(candidate, region, places)) {
                Region model = candidate.model();
                return new Made<>(model, RegionPlaces.of(model, step), candidate.work());
            }
        }
        Made<W> first = new Made<>(region, places, maker.apply(region, places));
        candidates.add(first);
        return first;
    }

    private boolean areAlike(Made<W> candidate, Region region, RegionPlaces places) {
        Region model = candidate.model();
        if (!model.space().equals(region.space())) {
            return false;
        }
        Map<Value, Value> stands = new IdentityHashMap<>();
        for (int i = 0; i < region.inputs().size(); i++) {
            Value input = region.inputs().get(i);
            Value other = model.inputs().get(i);
            if (!input.type().equals(other.type()) || !told.apply(input).equals(told.apply(other))) {
                return false;
            }
            stands.put(input, other);
        }
        for (int i = 0; i < region.values().size(); i++) {
            Value value = region.values().get(i);
            Value other = model.values().get(i);
            if (!isSame(value, other, stands)) {
                return false;
            }
            stands.put(value, other);
        }
        return stand(region.outputs(), model.outputs(), stands)
                && isSame(places.sharing(), candidate.places().sharing(), stands);
    }

    private static boolean isSame(Value value, Value other, Map<Value, Value> stands) {
        return OpSchema.isSame(value.op(), other.op())
                && stand(value.operands(), other.operands(), stands)
                && message(value).equals(message(other));
    }

    /** What the user would read if a place is wrong, which names a parameter. */
    private static Optional<String> message(Value value) {
        return PlaceCheck.of(value).map(PlaceCheck::message);
    }

    private static boolean stand(List<Value> values, List<Value> others, Map<Value, Value> stands) {
        if (values.size() != others.size()) {
            return false;
        }
        for (int i = 0; i < values.size(); i++) {
            if (stands.get(values.get(i)) != others.get(i)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSame(Map<Value, Value> sharing, Map<Value, Value> others, Map<Value, Value> stands) {
        if (sharing.size() != others.size()) {
            return false;
        }
        for (Map.Entry<Value, Value> shared : sharing.entrySet()) {
            if (others.get(stands.get(shared.getKey())) != stands.get(shared.getValue())) {
                return false;
            }
        }
        return true;
    }
}
