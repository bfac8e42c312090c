package dev.weft.backend.spi.executable;

import dev.weft.graph.GraphBuilder;
import dev.weft.graph.Value;
import dev.weft.graph.op.DotGeneral;
import dev.weft.graph.type.ElementType;
import dev.weft.graph.type.TensorType;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads what {@link RecordWriter} wrote. */
public final class RecordReader {
    private static final Tag[] TAGS = Tag.values();
    private static final String OURS = "dev.weft.";

    private final ByteBuffer in;
    private final List<Object> known = new ArrayList<>();
    private final List<Class<?>> types = new ArrayList<>();
    private final List<@Nullable RecordShape> shapes = new ArrayList<>();
    private final GraphBuilder values = new GraphBuilder("executable");
    private final @Nullable ClassLoader loader;
    private int parameters;

    private RecordReader(byte[] bytes, @Nullable ClassLoader loader) {
        this.in = ByteBuffer.wrap(bytes);
        this.loader = loader;
    }

    /**
     * What was written.
     *
     * @param type of the whole; its class loader knows the types of all parts
     * @throws Unreadable if the bytes are damaged, or of a version that has other records
     */
    public static <T> T read(byte[] bytes, Class<T> type) {
        try {
            RecordReader reader = new RecordReader(bytes, type.getClassLoader());
            T root = type.cast(reader.object());
            if (root == null || reader.in.hasRemaining()) {
                throw new Unreadable("there is nothing, or more than there should be", null);
            }
            return root;
        } catch (BufferUnderflowException
                | IndexOutOfBoundsException
                | NegativeArraySizeException
                | ClassCastException
                | NullPointerException
                | IllegalArgumentException
                | StackOverflowError damaged) {
            throw new Unreadable("it is damaged: " + damaged, damaged);
        }
    }

    private long number() {
        long rest = 0;
        int shift = 0;
        byte part;
        do {
            part = in.get();
            rest |= (long) (part & 0x7f) << shift;
            shift += 7;
        } while (part < 0);
        return rest >>> 1 ^ -(rest & 1);
    }

    /** Of things that follow, each at least a byte. */
    private int count() {
        long count = number();
        if (count < 0 || count > in.remaining()) {
            throw new Unreadable("it is damaged: %d things in %d bytes".formatted(count, in.remaining()), null);
        }
        return (int) count;
    }

    private byte[] block() {
        byte[] block = new byte[count()];
        in.get(block);
        return block;
    }

    private String text() {
        return new String(block(), StandardCharsets.UTF_8);
    }

    private @Nullable Object object() {
        Tag tag = TAGS[in.get()];
        if (tag == Tag.NULL) {
            return null;
        }
        if (tag == Tag.AGAIN) {
            return known.get((int) number());
        }
        Object made = content(tag);
        known.add(made);
        return made;
    }

    private Object content(Tag tag) {
        return switch (tag) {
            case RECORD -> record();
            case ENUM -> constant();
            case LIST -> Collections.unmodifiableList(elements());
            case SET -> Collections.unmodifiableSet(new LinkedHashSet<>(elements()));
            case MAP -> map();
            case EMPTY -> Optional.empty();
            case PRESENT -> Optional.ofNullable(object());
            case TEXT -> text();
            case LONG -> number();
            case INTEGER -> (int) number();
            case BOOLEAN -> in.get() != 0;
            case DOUBLE -> in.getDouble();
            case BYTES -> block();
            case LONGS -> longs();
            case VALUE -> value((TensorType) object());
            case PRODUCT -> product();
            case NULL, AGAIN -> throw new Unreadable("it is damaged: " + tag, null);
        };
    }

    private List<Object> elements() {
        int count = count();
        List<Object> elements = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            elements.add(object());
        }
        return elements;
    }

    private Map<Object, Object> map() {
        int count = count();
        Map<Object, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            map.put(object(), object());
        }
        return Collections.unmodifiableMap(map);
    }

    private long[] longs() {
        long[] longs = new long[count()];
        for (int i = 0; i < longs.length; i++) {
            longs[i] = number();
        }
        return longs;
    }

    private Value value(TensorType type) {
        return values.parameter("v" + parameters++, type);
    }

    @SuppressWarnings(
            "unchecked") // an element of another type is found where it is used, and then the bytes are damaged
    private Value product() {
        Value x = value((TensorType) object());
        Value y = value((TensorType) object());
        return values.add(new DotGeneral(
                x,
                y,
                (List<Integer>) object(),
                (List<Integer>) object(),
                (List<Integer>) object(),
                (List<Integer>) object(),
                (ElementType) object()));
    }

    private Object record() {
        int number = type();
        RecordShape shape = shapes.get(number);
        if (shape == null) {
            throw new Unreadable("it is damaged: " + types.get(number) + " is no record", null);
        }
        Object[] components = new Object[shape.size()];
        for (int i = 0; i < components.length; i++) {
            Class<?> type = shape.type(i);
            if (type == long.class) {
                components[i] = number();
            } else if (type == int.class) {
                components[i] = (int) number();
            } else if (type == boolean.class) {
                components[i] = in.get() != 0;
            } else if (type == double.class) {
                components[i] = in.getDouble();
            } else {
                components[i] = object();
            }
        }
        return shape.make(components);
    }

    private Object constant() {
        Class<?> type = types.get(type());
        String name = text();
        for (Object constant : type.getEnumConstants()) {
            if (((Enum<?>) constant).name().equals(name)) {
                return constant;
            }
        }
        throw new Unreadable("%s has no %s here; it was made by another version of Weft".formatted(type, name), null);
    }

    private int type() {
        int number = (int) number();
        if (number != types.size()) {
            return number;
        }
        String name = text();
        String written = text();
        Class<?> type = find(name);
        RecordShape shape = type.isRecord() ? RecordShape.of(type) : null;
        if (!written.equals(shape == null ? "" : shape.text())) {
            throw new Unreadable("it was made by another version of Weft, where %s is another".formatted(name), null);
        }
        types.add(type);
        shapes.add(shape);
        return number;
    }

    private Class<?> find(String name) {
        try {
            Class<?> type = name.startsWith(OURS) ? Class.forName(name, false, loader) : Object.class;
            if (type.isRecord() || type.isEnum()) {
                return type;
            }
        } catch (ClassNotFoundException | LinkageError absent) {
            throw new Unreadable("it was made by another version of Weft, which has a " + name, absent);
        }
        throw new Unreadable("it is damaged: %s is no record".formatted(name), null);
    }
}
