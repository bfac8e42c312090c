package dev.weft.graph.plan;

import dev.weft.graph.Value;
import dev.weft.graph.schedule.Region;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Where the values of a region lie in one run of it.
 *
 * @param locations of inputs, then of outputs, in the region's order
 * @param sharing for each value that lies where an earlier one lies, that one: a kernel may be told that its parameters do not overlap
 *     only if both are one parameter
 */
public record RegionPlaces(Map<Value, Location> locations, Map<Value, Value> sharing) {

    public RegionPlaces {
        // Not Map.copyOf: the order of inputs and outputs stays.
        locations = Collections.unmodifiableMap(new LinkedHashMap<>(locations));
        sharing = Map.copyOf(sharing);
    }

    public static RegionPlaces of(Region region, Step.Run run) {
        Map<Value, Location> locations = new LinkedHashMap<>();
        for (int i = 0; i < region.inputs().size(); i++) {
            locations.put(region.inputs().get(i), run.inputs().get(i));
        }
        for (int i = 0; i < region.outputs().size(); i++) {
            locations.put(region.outputs().get(i), run.outputs().get(i));
        }
        Map<Location, Value> first = new HashMap<>();
        Map<Value, Value> sharing = new HashMap<>();
        locations.forEach((value, place) -> {
            Value other = first.putIfAbsent(place, value);
            if (other != null) {
                sharing.put(value, other);
            }
        });
        return new RegionPlaces(locations, sharing);
    }
}
