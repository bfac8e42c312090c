package dev.weft.graph.plan;

import dev.weft.graph.DefectException;
import dev.weft.graph.Entry;
import dev.weft.graph.Graph;
import dev.weft.graph.Program;
import dev.weft.graph.Value;
import dev.weft.graph.op.Parameter;
import dev.weft.graph.schedule.Region;
import dev.weft.graph.schedule.Schedule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds a place for every value of one entry: new stored contents in the stored tensor's own place where nobody needs the old
 * contents any more, outputs in their buffers, everything else in the arena. What cannot be written where it belongs is copied at the
 * end.
 */
final class EntryPlanner {

    private final Entry entry;
    private final Schedule schedule;
    private final List<Slab> slabs;
    private final Plan.Overwriting overwriting;
    private final Lifetimes lifetimes;
    private final Map<Value, Location> places = new HashMap<>();
    private final Map<Value, ArenaLayout.Block> blocks = new LinkedHashMap<>();
    private final List<ArenaLayout.Block> arena = new ArrayList<>();

    private final Map<Integer, Buffers> asked = new HashMap<>();

    /** What a region reads and writes, by what it lies in. */
    private record Buffers(InPlace inPlace, Map<Value, List<Value>> inputs, Map<Value, List<Value>> outputs) {}

    EntryPlanner(Program program, Entry entry, Schedule schedule, List<Slab> slabs, Plan.Overwriting overwriting) {
        this.entry = entry;
        this.schedule = schedule;
        this.slabs = slabs;
        this.overwriting = overwriting;
        this.lifetimes = new Lifetimes(schedule);
        Graph body = program.body(entry);
        boolean same = schedule.graph().name().equals(body.name())
                && schedule.graph().parameters().size() == body.parameters().size()
                && schedule.graph().resultTypes().equals(body.resultTypes());
        if (!same) {
            throw new DefectException(
                    "plan of %s: the schedule must be of the entry's own function".formatted(entry.name()));
        }
    }

    EntryPlan plan() {
        parameters();
        writesInPlace();
        outputs();
        transients();
        List<Move> moves = moves();
        List<ArenaLayout.Block> staged = stage(moves);
        long bytes = ArenaLayout.place(arena);
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < schedule.regions().size(); i++) {
            Region region = schedule.regions().get(i);
            if (!lifetimes.isElided(region)) {
                steps.add(new Step.Run(i, locations(region.inputs()), locations(region.outputs())));
            }
        }
        copies(moves, staged, steps);
        return new EntryPlan(entry.name(), bytes, steps);
    }

    private Value written(int write) {
        return schedule.graph().results().get(entry.outputs().size() + write);
    }

    private void parameters() {
        List<Value> parameters = schedule.graph().parameters();
        for (int i = 0; i < parameters.size(); i++) {
            int reads = entry.reads().size();
            places.put(
                    parameters.get(i),
                    i < reads
                            ? SlabLayout.find(slabs, entry.reads().get(i))
                            : Location.input(i - reads, parameters.get(i).type().bytes()));
        }
    }

    /** {@code w := f(w)}: into the place of w, if the region that computes it is the last to read w, or comes later. */
    private void writesInPlace() {
        for (int i = 0; i < entry.writes().size(); i++) {
            String name = entry.writes().get(i);
            Value value = lifetimes.root(written(i));
            int read = entry.reads().indexOf(name);
            boolean free =
                    read < 0 || isLastReader(schedule.graph().parameters().get(read), written(i));
            if (!(value.op() instanceof Parameter) && !places.containsKey(value) && free) {
                places.put(value, SlabLayout.find(slabs, name));
            }
        }
    }

    private boolean isLastReader(Value old, Value value) {
        int step = lifetimes.written(value);
        int last = lifetimes.lastRead(old);
        return last < step || last == step && mayOverwrite(step, old, value);
    }

    private boolean mayOverwrite(int step, Value input, Value output) {
        Buffers buffers = buffers(step);
        for (Value in : buffers.inputs().getOrDefault(lifetimes.root(input), List.of())) {
            for (Value out : buffers.outputs().getOrDefault(lifetimes.root(output), List.of())) {
                if (!buffers.inPlace().allows(in, out)
                        || !overwriting.allows(schedule.regions().get(step), in, out)) {
                    return false;
                }
            }
        }
        return true;
    }

    /** The loop of an optimizer is asked once for each tensor that it updates. */
    private Buffers buffers(int step) {
        return asked.computeIfAbsent(step, number -> {
            Region region = schedule.regions().get(number);
            return new Buffers(new InPlace(region), byRoot(region.inputs()), byRoot(region.outputs()));
        });
    }

    private Map<Value, List<Value>> byRoot(List<Value> values) {
        Map<Value, List<Value>> byRoot = new HashMap<>();
        for (Value value : values) {
            byRoot.computeIfAbsent(lifetimes.root(value), root -> new ArrayList<>())
                    .add(value);
        }
        return byRoot;
    }

    private void outputs() {
        for (int i = 0; i < entry.outputs().size(); i++) {
            Value value = lifetimes.root(schedule.graph().results().get(i));
            if (!(value.op() instanceof Parameter)) {
                places.putIfAbsent(value, Location.output(i, value.type().bytes()));
            }
        }
    }

    /** Every other value gets a block, or takes over that of an input that ends where it begins. */
    private void transients() {
        for (int step = 0; step < schedule.regions().size(); step++) {
            Region region = schedule.regions().get(step);
            if (lifetimes.isElided(region)) {
                continue;
            }
            Set<ArenaLayout.Block> taken = new HashSet<>();
            for (Value output : region.outputs()) {
                Value value = lifetimes.root(output);
                if (!places.containsKey(value) && !blocks.containsKey(value)) {
                    blocks.put(value, takeOver(step, region, output, taken));
                }
            }
        }
    }

    private ArenaLayout.Block takeOver(int step, Region region, Value output, Set<ArenaLayout.Block> taken) {
        int last = lifetimes.lastRead(output);
        for (Value input : region.inputs()) {
            ArenaLayout.Block block = blocks.get(lifetimes.root(input));
            boolean ends = block != null && block.last == step && lifetimes.lastRead(input) == step;
            if (ends && !taken.contains(block) && mayOverwrite(step, input, output)) {
                taken.add(block);
                block.last = last;
                return block;
            }
        }
        ArenaLayout.Block block = new ArenaLayout.Block(output.type().bytes(), step, last);
        taken.add(block);
        arena.add(block);
        return block;
    }

    /** A result that does not lie yet where it belongs. */
    private record Move(Value from, Location to) {}

    private List<Move> moves() {
        List<Move> moves = new ArrayList<>();
        List<Value> results = schedule.graph().results();
        for (int i = 0; i < results.size(); i++) {
            int write = i - entry.outputs().size();
            Location to = write < 0
                    ? Location.output(i, results.get(i).type().bytes())
                    : SlabLayout.find(slabs, entry.writes().get(write));
            Value from = lifetimes.root(results.get(i));
            if (!to.equals(places.get(from))) {
                moves.add(new Move(from, to));
            }
        }
        return moves;
    }

    /** Room for each stored tensor that is copied somewhere and overwritten by another copy: they may depend on each other in a ring. */
    private List<ArenaLayout.Block> stage(List<Move> moves) {
        List<ArenaLayout.Block> staged = new ArrayList<>();
        Set<Location> overwritten = new HashSet<>();
        moves.forEach(move -> overwritten.add(move.to()));
        for (Move move : moves) {
            boolean ring = overwritten.contains(places.get(move.from()));
            ArenaLayout.Block block =
                    new ArenaLayout.Block(ring ? move.to().bytes() : 0, lifetimes.end(), lifetimes.end());
            staged.add(block);
            if (ring) {
                arena.add(block);
            }
        }
        return staged;
    }

    private void copies(List<Move> moves, List<ArenaLayout.Block> staged, List<Step> steps) {
        List<Step> second = new ArrayList<>();
        for (int i = 0; i < moves.size(); i++) {
            Location from = location(moves.get(i).from());
            Location to = moves.get(i).to();
            if (to.bytes() == 0) {
                continue;
            }
            if (arena.contains(staged.get(i))) {
                Location between = Location.arena(staged.get(i).offset, to.bytes());
                steps.add(new Step.Copy(from, between));
                second.add(new Step.Copy(between, to));
            } else {
                second.add(new Step.Copy(from, to));
            }
        }
        steps.addAll(second);
    }

    private List<Location> locations(List<Value> values) {
        return values.stream().map(this::location).toList();
    }

    private Location location(Value value) {
        Value root = lifetimes.root(value);
        Location place = places.get(root);
        if (place != null) {
            return place;
        }
        ArenaLayout.Block block = blocks.get(root);
        if (block == null) {
            throw new DefectException("plan of %s: %s has no place".formatted(entry.name(), value));
        }
        return Location.arena(block.offset, root.type().bytes());
    }
}
