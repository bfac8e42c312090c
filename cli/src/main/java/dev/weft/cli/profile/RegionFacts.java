package dev.weft.cli.profile;

import dev.weft.graph.Graph;
import dev.weft.graph.Origin;
import dev.weft.graph.Value;
import dev.weft.graph.op.Constant;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.op.Movement;
import dev.weft.graph.schedule.Region;
import dev.weft.graph.schedule.RegionCost;
import dev.weft.graph.schedule.RegionText;
import dev.weft.graph.schedule.Schedule;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What is known of a region before it runs.
 *
 * @param number in its schedule
 * @param kind the shape of the computation: {@code map}, {@code contract}, …
 * @param kernel the same for regions that are one kernel
 * @param work the product and its types, or what is computed, and of which type
 * @param path the place in the model that it comes from ({@code blocks.3.attn}); empty where that is not known
 * @param source file and line ({@code gpt.weft:23}); empty where that is not known
 * @param product the element type of the operands of its product; empty where there is none
 */
public record RegionFacts(
        int number,
        String kind,
        String kernel,
        String work,
        String path,
        String source,
        Optional<ElementType> product,
        RegionCost cost) {

    private static final int OPS_SHOWN = 4;

    /** Every region of a schedule, in order. */
    public static List<RegionFacts> of(Schedule schedule) {
        List<RegionFacts> facts = new ArrayList<>();
        Map<String, Integer> kernels = new LinkedHashMap<>();
        for (Region region : schedule.regions()) {
            String text = RegionText.of(region).text();
            int kernel = kernels.computeIfAbsent(text, unseen -> kernels.size());
            facts.add(of(facts.size(), "k" + kernel, region, schedule.graph()));
        }
        return facts;
    }

    private static RegionFacts of(int number, String kernel, Region region, Graph graph) {
        Optional<Value> dot = region.values().stream()
                .filter(value -> value.op() instanceof DotGeneral)
                .findFirst();
        Optional<Origin> origin = origin(region, dot, graph);
        return new RegionFacts(
                number,
                region.kind().toString(),
                kernel,
                dot.map(value -> product((DotGeneral) value.op(), region)).orElseGet(() -> other(region)),
                origin.map(from -> from.path().replace('/', '.')).orElse(""),
                origin.map(RegionFacts::line).orElse(""),
                dot.map(value -> value.operands().getFirst().type().element()),
                RegionCost.of(region));
    }

    /** Of the product, or else of what the region gives. */
    private static Optional<Origin> origin(Region region, Optional<Value> dot, Graph graph) {
        List<Value> candidates = new ArrayList<>();
        dot.ifPresent(candidates::add);
        candidates.addAll(region.outputs());
        candidates.addAll(region.values().reversed());
        return candidates.stream()
                .flatMap(value -> graph.provenance().of(value).stream().limit(1))
                .findFirst();
    }

    /** {@code gpt.weft:23} without the column and without folders. */
    public static String line(Origin origin) {
        String line = origin.span().substring(0, Math.max(0, origin.span().lastIndexOf(':')));
        return line.substring(line.lastIndexOf('/') + 1);
    }

    private static String product(DotGeneral dot, Region region) {
        List<Value> operands = dot.operands();
        String then = ops(region, value -> !(value.op() instanceof DotGeneral));
        return type(operands.get(0).type()) + " · " + type(operands.get(1).type())
                + (then.isEmpty() ? "" : ", " + then);
    }

    private static String other(Region region) {
        TensorType largest = region.values().stream()
                .map(Value::type)
                .max(Comparator.comparingLong(type -> type.shape().elements()))
                .orElseThrow();
        return type(largest) + " " + ops(region, value -> true);
    }

    /** {@code f32[4,64,768]}, without the names of sizes. */
    private static String type(TensorType type) {
        return type.element()
                + type.shape().dims().stream()
                        .map(dim -> Long.toString(dim.size()))
                        .collect(Collectors.joining(",", "[", "]"));
    }

    private static String ops(Region region, Predicate<Value> shown) {
        Set<String> names = new LinkedHashSet<>();
        region.values().stream()
                .filter(value -> !(value.op() instanceof Constant || value.op() instanceof Movement))
                .filter(shown)
                .forEach(value -> names.add(value.op().mnemonic()));
        if (names.isEmpty()) {
            return region.values().stream().allMatch(value -> value.op() instanceof DotGeneral) ? "" : "move";
        }
        String first = names.stream().limit(OPS_SHOWN).collect(Collectors.joining(" "));
        return names.size() > OPS_SHOWN ? first + " +" + (names.size() - OPS_SHOWN) : first;
    }

    /** Regions that are one kernel and come from one line of equal layers, together; in the order of the first of each. */
    public static List<List<RegionFacts>> grouped(List<RegionFacts> regions) {
        Map<String, List<RegionFacts>> groups = new LinkedHashMap<>();
        regions.forEach(region -> groups.computeIfAbsent(
                        String.join(" ", region.kernel(), region.source(), region.layer()), unseen -> new ArrayList<>())
                .add(region));
        return List.copyOf(groups.values());
    }

    /** Bytes that it reads and writes. */
    public long bytes() {
        return cost.bytesMoved();
    }

    /** Where it comes from, or what it computes where that is not known. */
    public String name() {
        String name = (path + " " + source).strip();
        return name.isEmpty() ? work : name;
    }

    /** {@link #path} with {@code *} in place of the number of a layer. */
    public String layer() {
        return path.replaceAll("(?<=\\.)\\d+(?=\\.|$)", "*");
    }
}
