package dev.weft.backend.spi.executable;

import dev.weft.graph.Value;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.plan.Location;
import dev.weft.graph.type.TensorType;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Writes records. What is met again is written as its number, so what was one object is one object when it is read. */
public final class RecordWriter {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final DataOutputStream out = new DataOutputStream(bytes);
    private final Map<Object, Integer> same = new IdentityHashMap<>();
    private final Map<Object, Integer> equal = new HashMap<>();
    private final Map<Class<?>, Integer> types = new HashMap<>();
    private final Map<Class<?>, RecordShape> shapes = new HashMap<>();
    private final UnaryOperator<Object> replace;
    private int next;

    private RecordWriter(UnaryOperator<Object> replace) {
        this.replace = replace;
    }

    /**
     * The bytes of something.
     *
     * @param replace what is written in place of an object
     * @throws Unwritable if there is something in it that is no record, list, map, number or text
     */
    public static byte[] write(Object root, UnaryOperator<Object> replace) {
        RecordWriter writer = new RecordWriter(replace);
        try {
            writer.object(root);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return writer.bytes.toByteArray();
    }

    private void tag(Tag tag) throws IOException {
        out.writeByte(tag.ordinal());
    }

    /** Small numbers take one byte; the lowest bit is the sign. */
    private void number(long value) throws IOException {
        long rest = value << 1 ^ value >> 63;
        while ((rest & ~0x7fL) != 0) {
            out.writeByte((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.writeByte((int) rest);
    }

    private void text(String text) throws IOException {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        number(encoded.length);
        out.write(encoded);
    }

    private void object(@Nullable Object given) throws IOException {
        if (given == null) {
            tag(Tag.NULL);
            return;
        }
        Integer known = same.get(given);
        if (known == null && key(given) != null) {
            known = equal.get(key(given));
        }
        if (known != null) {
            tag(Tag.AGAIN);
            number(known);
            return;
        }
        content(replace.apply(given));
        // Numbered when it is complete: that is when a reader has it.
        same.put(given, next);
        Object key = key(given);
        if (key != null) {
            equal.put(key, next);
        }
        next++;
    }

    /** By what an object may be shared with others that are equal; labels of sizes are no part of equality, but of the text. */
    private static @Nullable Object key(Object given) {
        return switch (given) {
            case String text -> text;
            case TensorType type -> List.of("type", type.toString());
            case Location location -> location;
            default -> null;
        };
    }

    private void content(Object given) throws IOException {
        switch (given) {
            case Value value -> value(value);
            case Record record -> record(record);
            case Enum<?> constant -> {
                tag(Tag.ENUM);
                type(constant.getDeclaringClass());
                text(constant.name());
            }
            case List<?> list -> elements(Tag.LIST, list);
            case Set<?> set -> elements(Tag.SET, set);
            case Map<?, ?> map -> {
                tag(Tag.MAP);
                number(map.size());
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    object(entry.getKey());
                    object(entry.getValue());
                }
            }
            case Optional<?> optional -> {
                tag(optional.isEmpty() ? Tag.EMPTY : Tag.PRESENT);
                if (optional.isPresent()) {
                    object(optional.get());
                }
            }
            case String text -> {
                tag(Tag.TEXT);
                text(text);
            }
            case Long whole -> {
                tag(Tag.LONG);
                number(whole);
            }
            case Integer whole -> {
                tag(Tag.INTEGER);
                number(whole);
            }
            case Boolean truth -> {
                tag(Tag.BOOLEAN);
                out.writeBoolean(truth);
            }
            case Double real -> {
                tag(Tag.DOUBLE);
                out.writeDouble(real);
            }
            case byte[] block -> {
                tag(Tag.BYTES);
                number(block.length);
                out.write(block);
            }
            case long[] numbers -> {
                tag(Tag.LONGS);
                number(numbers.length);
                for (long one : numbers) {
                    number(one);
                }
            }
            default ->
                throw new Unwritable("no way to write a " + given.getClass().getName(), null);
        }
    }

    private void elements(Tag tag, Iterable<?> elements) throws IOException {
        tag(tag);
        int size = 0;
        for (Object ignored : elements) {
            size++;
        }
        number(size);
        for (Object element : elements) {
            object(element);
        }
    }

    private void value(Value value) throws IOException {
        if (value.op() instanceof DotGeneral dot) {
            tag(Tag.PRODUCT);
            object(dot.x().type());
            object(dot.y().type());
            object(dot.xBatch());
            object(dot.yBatch());
            object(dot.xContract());
            object(dot.yContract());
            object(dot.element());
        } else {
            tag(Tag.VALUE);
            object(value.type());
        }
    }

    private void record(Record record) throws IOException {
        tag(Tag.RECORD);
        type(record.getClass());
        RecordShape shape = shape(record.getClass());
        for (int i = 0; i < shape.size(); i++) {
            Object component = shape.get(record, i);
            Class<?> type = shape.type(i);
            if (type == long.class || type == int.class) {
                number(((Number) component).longValue());
            } else if (type == boolean.class) {
                out.writeBoolean((Boolean) component);
            } else if (type == double.class) {
                out.writeDouble((Double) component);
            } else if (type.isPrimitive()) {
                throw new Unwritable("no way to write a " + type + " of " + record.getClass(), null);
            } else {
                object(component);
            }
        }
    }

    private RecordShape shape(Class<?> type) {
        return shapes.computeIfAbsent(type, RecordShape::of);
    }

    private void type(Class<?> type) throws IOException {
        Integer known = types.get(type);
        if (known != null) {
            number(known);
            return;
        }
        number(types.size());
        types.put(type, types.size());
        text(type.getName());
        text(type.isRecord() ? shape(type).text() : "");
    }
}
