package dev.weft.graph.schedule;

import dev.weft.graph.DefectException;
import dev.weft.graph.Value;
import dev.weft.graph.op.OpSchema;
import dev.weft.graph.op.Random;
import dev.weft.graph.type.Shape;
import dev.weft.graph.type.TensorType;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * What a region computes and nothing else: without the numbers, names, labels and places that its values have in their graph. Regions
 * of one text are one kernel. How many tensors a region with parts works on, and of what sizes, is left out too.
 *
 * @param text inputs numbered in the region's order, then its values; random streams numbered as {@code $0}, {@code $1}
 * @param streams the streams of its random values in order of appearance: arguments of the kernel, as it runs
 */
public record RegionText(String text, List<String> streams) {

    public RegionText {
        streams = List.copyOf(streams);
    }

    public static RegionText of(Region region) {
        if (!region.parts().isEmpty()) {
            FlatMap part = FlatMap.of(region.parts().getFirst()).orElseThrow();
            return new RegionText("each of many tensors\n" + part.text(), List.of());
        }
        Map<Value, Integer> numbers = new HashMap<>();
        List<String> streams = new ArrayList<>();
        StringBuilder text = new StringBuilder(region.kind() + " " + region.space() + "\n");
        for (Value input : region.inputs()) {
            numbers.put(input, numbers.size());
            text.append(numbers.get(input))
                    .append(" : ")
                    .append(type(input.type()))
                    .append('\n');
        }
        for (Value value : region.values()) {
            numbers.put(value, numbers.size());
            text.append(line(value, numbers, streams));
        }
        text.append(references(region.outputs(), numbers)).append('\n');
        return new RegionText(text.toString(), streams);
    }

    private static String line(Value value, Map<Value, Integer> numbers, List<String> streams) {
        StringBuilder line = new StringBuilder()
                .append(numbers.get(value))
                .append(" = ")
                .append(value.op().mnemonic())
                .append(references(value.operands(), numbers));
        OpSchema.of(value.op()).attributes(value.op()).forEach((name, attribute) -> {
            Object shown = attribute instanceof Shape shape ? sizes(shape) : attribute;
            line.append(' ')
                    .append(name)
                    .append('=')
                    .append(
                            value.op() instanceof Random && attribute instanceof String stream
                                    ? "$" + number(stream, streams)
                                    : shown);
        });
        return line.append(" : ").append(type(value.type())).append('\n').toString();
    }

    private static int number(String stream, List<String> streams) {
        if (!streams.contains(stream)) {
            streams.add(stream);
        }
        return streams.indexOf(stream);
    }

    private static String references(List<Value> values, Map<Value, Integer> numbers) {
        StringBuilder text = new StringBuilder();
        values.forEach(value -> text.append(' ').append(numbers.get(value)));
        return text.toString();
    }

    private static String type(TensorType type) {
        return type.element() + sizes(type.shape());
    }

    private static String sizes(Shape shape) {
        return Arrays.toString(shape.sizes());
    }

    /** The first 128 bits of the text's SHA-256, in hexadecimal. */
    public String hash() {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new DefectException("every Java runtime has SHA-256", e);
        }
    }
}
