package dev.weft.backend.cpu.kernel;

import dev.weft.backend.cpu.codegen.Kernel;
import dev.weft.backend.cpu.codegen.MapKernels;
import dev.weft.backend.cpu.codegen.Slot;
import dev.weft.graph.Value;
import dev.weft.graph.schedule.Region;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a region that does one thing to many tensors becomes: kernels made for one of its parts and run for all, with other
 * addresses and sizes. Parts whose outputs take over inputs in different ways have kernels of their own, because a kernel is told which of
 * its arguments overlap.
 */
final class LoopWork {
    private final Region region;
    private final Map<Value, Value> sharing;

    LoopWork(Region region, Map<Value, Value> sharing) {
        this.region = region;
        this.sharing = sharing;
    }

    List<Work> work() {
        Map<List<Integer>, List<Region>> alike = new LinkedHashMap<>();
        for (Region part : region.parts()) {
            alike.computeIfAbsent(overlaps(part), key -> new ArrayList<>()).add(part);
        }
        List<Work> main = new ArrayList<>();
        List<Work> totals = new ArrayList<>();
        for (List<Region> parts : alike.values()) {
            List<Kernel> kernels = MapKernels.ofPart(parts.getFirst(), within(parts.getFirst()));
            main.add(loop(kernels.getFirst(), parts, true));
            kernels.subList(1, kernels.size()).forEach(kernel -> totals.add(loop(kernel, parts, false)));
        }
        main.addAll(totals);
        return main;
    }

    /** For each tensor of a part, which of its tensors lies at the same place; −1 for none. */
    private List<Integer> overlaps(Region part) {
        List<Value> tensors = tensors(part);
        return tensors.stream()
                .map(value -> sharing.containsKey(value) ? tensors.indexOf(sharing.get(value)) : -1)
                .toList();
    }

    private Map<Value, Value> within(Region part) {
        List<Value> tensors = tensors(part);
        Map<Value, Value> within = new HashMap<>(sharing);
        within.values().retainAll(tensors);
        return within;
    }

    private static List<Value> tensors(Region part) {
        List<Value> tensors = new ArrayList<>(part.inputs());
        tensors.addAll(part.outputs());
        return tensors;
    }

    private static Work.Loop loop(Kernel kernel, List<Region> parts, boolean units) {
        List<Value> model = tensors(parts.getFirst());
        List<Work.Piece> pieces = new ArrayList<>();
        for (Region part : parts) {
            List<Value> tensors = tensors(part);
            Map<Value, Value> stands = new HashMap<>();
            for (int i = 0; i < model.size(); i++) {
                stands.put(model.get(i), tensors.get(i));
            }
            long points = part.space().elements();
            long partials = Math.ceilDiv(points, MapKernels.POINTS_OF_PART);
            List<Slot> slots = kernel.slots().stream()
                    .map(slot -> slot(slot, stands, units ? points : partials, partials))
                    .toList();
            pieces.add(new Work.Piece(slots, units ? partials : 1));
        }
        return new Work.Loop(kernel, pieces);
    }

    /** @param number the one number that such kernels take: how many elements, or how many partial results */
    private static Slot slot(Slot slot, Map<Value, Value> stands, long number, long partials) {
        return switch (slot) {
            case Slot.Tensor tensor -> new Slot.Tensor(stands.get(tensor.value()));
            case Slot.Partial partial ->
                new Slot.Partial(
                        stands.get(partial.reduction()), partials * MapKernels.partialBytes(partial.reduction()));
            case Slot.Number _ -> new Slot.Number(number);
            case Slot.Size _, Slot.Meaning _, Slot.Status _ -> slot;
        };
    }
}
