package dev.weft.graph.op;

import dev.weft.graph.DefectException;
import dev.weft.graph.UserException;
import dev.weft.graph.Value;
import dev.weft.graph.type.TensorType;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What follows from an op's record: its mnemonic, operands and attributes, and how to build it again from them. */
public final class OpSchema {

    private static final ClassValue<OpSchema> SCHEMAS = new ClassValue<>() {
        @Override
        protected OpSchema computeValue(Class<?> type) {
            return new OpSchema(type);
        }
    };

    /** Not made before somebody asks: to look at all ops takes longer than most programs need of them. */
    private static final class ByMnemonic {
        private static final Map<String, OpSchema> ALL = all();
    }

    /** What a component of the record is. */
    private enum Kind {
        OPERAND,
        OPERAND_LIST,
        RESULT_TYPE,
        ATTRIBUTE
    }

    /** A component with what reflection would otherwise work out again for every value of every pass. */
    private record Part(String name, Kind kind, Type type, Method accessor) {}

    private final Class<?> record;
    private final String mnemonic;
    private final List<Part> parts;

    /** Those that are no operands. */
    private final List<Part> own;

    private final int singles;
    private final boolean hasList;
    private final Constructor<?> constructor;

    private OpSchema(Class<?> record) {
        this.record = record;
        this.mnemonic =
                record.getSimpleName().replaceAll("(?<!^)([A-Z])", "_$1").toLowerCase(Locale.ROOT);
        RecordComponent[] components = record.getRecordComponents();
        this.parts = Arrays.stream(components).map(OpSchema::part).toList();
        this.own = parts.stream()
                .filter(part -> part.kind() == Kind.ATTRIBUTE || part.kind() == Kind.RESULT_TYPE)
                .toList();
        this.singles =
                (int) parts.stream().filter(part -> part.kind() == Kind.OPERAND).count();
        this.hasList = parts.stream().anyMatch(part -> part.kind() == Kind.OPERAND_LIST);
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            this.constructor = record.getDeclaredConstructor(types);
        } catch (NoSuchMethodException e) {
            throw new DefectException(record + ": a record without a canonical constructor", e);
        }
    }

    public static OpSchema of(Op op) {
        return SCHEMAS.get(op.getClass());
    }

    /** The schemas of all ops by mnemonic. */
    public static Map<String, OpSchema> byMnemonic() {
        return ByMnemonic.ALL;
    }

    private static Map<String, OpSchema> all() {
        Map<String, OpSchema> all = new TreeMap<>();
        collect(Op.class, all);
        return Collections.unmodifiableMap(all);
    }

    private static void collect(Class<?> type, Map<String, OpSchema> into) {
        if (type.isRecord()) {
            OpSchema schema = SCHEMAS.get(type);
            into.put(schema.mnemonic, schema);
        } else {
            for (Class<?> permitted : type.getPermittedSubclasses()) {
                collect(permitted, into);
            }
        }
    }

    public String mnemonic() {
        return mnemonic;
    }

    /** The op's record class. */
    public Class<?> record() {
        return record;
    }

    public List<Value> operands(Op op) {
        List<Value> operands = new ArrayList<>(4);
        for (Part part : parts) {
            if (part.kind() == Kind.OPERAND) {
                operands.add((Value) read(part, op));
            } else if (part.kind() == Kind.OPERAND_LIST) {
                ((List<?>) read(part, op)).forEach(value -> operands.add((Value) value));
            }
        }
        return operands;
    }

    /** Attributes by name, in order; without the result type, which {@link Op#type} gives. */
    public Map<String, Object> attributes(Op op) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        for (Part part : parts) {
            if (part.kind() == Kind.ATTRIBUTE) {
                attributes.put(part.name(), read(part, op));
            }
        }
        return attributes;
    }

    /** Whether two ops are the same but for their operands. */
    public static boolean isSame(Op op, Op other) {
        if (op.getClass() != other.getClass()) {
            return false;
        }
        for (Part part : of(op).own) {
            if (!Objects.equals(read(part, op), read(part, other))) {
                return false;
            }
        }
        return true;
    }

    /** Names and types of the attributes. */
    public Map<String, Type> attributeTypes() {
        Map<String, Type> types = new LinkedHashMap<>();
        for (Part part : parts) {
            if (part.kind() == Kind.ATTRIBUTE) {
                types.put(part.name(), part.type());
            }
        }
        return types;
    }

    public Op withOperands(Op op, List<Value> operands) {
        return build(operands, part -> read(part, op), op.type());
    }

    /** The op from its parts; an operand list takes all operands that single components leave. */
    public Op build(List<Value> operands, Map<String, Object> attributes, TensorType type) {
        return build(operands, part -> attributes.get(part.name()), type);
    }

    private Op build(List<Value> operands, Function<Part, @Nullable Object> attributes, TensorType type) {
        if (hasList ? operands.size() < singles : operands.size() != singles) {
            throw new UserException("%s: must have %d operands, got %d".formatted(mnemonic, singles, operands.size()));
        }
        @Nullable Object[] arguments = new @Nullable Object[parts.size()];
        int next = 0;
        for (int i = 0; i < arguments.length; i++) {
            Part part = parts.get(i);
            switch (part.kind()) {
                case OPERAND -> arguments[i] = operands.get(next++);
                case OPERAND_LIST -> {
                    int count = operands.size() - singles;
                    arguments[i] = operands.subList(next, next + count);
                    next += count;
                }
                case RESULT_TYPE -> arguments[i] = type;
                case ATTRIBUTE -> arguments[i] = attributes.apply(part);
            }
        }
        return create(arguments);
    }

    private Op create(@Nullable Object[] arguments) {
        try {
            return (Op) constructor.newInstance(arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new DefectException(mnemonic + ": cannot be built", e);
        } catch (ReflectiveOperationException e) {
            throw new DefectException(mnemonic + ": cannot be built", e);
        }
    }

    private static Part part(RecordComponent component) {
        return new Part(component.getName(), kind(component), component.getGenericType(), component.getAccessor());
    }

    private static Kind kind(RecordComponent component) {
        if (component.getType() == Value.class) {
            return Kind.OPERAND;
        }
        if (component.getGenericType().getTypeName().equals("java.util.List<" + Value.class.getName() + ">")) {
            return Kind.OPERAND_LIST;
        }
        return component.getName().equals("type") ? Kind.RESULT_TYPE : Kind.ATTRIBUTE;
    }

    private static Object read(Part part, Op op) {
        try {
            return part.accessor().invoke(op);
        } catch (ReflectiveOperationException e) {
            throw new DefectException(part + ": cannot be read", e);
        }
    }
}
