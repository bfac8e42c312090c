package dev.weft.graph.op;

import dev.weft.graph.DefectException;
import dev.weft.graph.UserException;
import dev.weft.graph.Value;
import dev.weft.graph.type.TensorType;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** What follows from an op's record: its mnemonic, operands and attributes, and how to build it again from them. */
public final class OpSchema {

    private static final ClassValue<OpSchema> SCHEMAS = new ClassValue<>() {
        @Override
        protected OpSchema computeValue(Class<?> type) {
            return new OpSchema(type);
        }
    };

    private static final Map<String, OpSchema> BY_MNEMONIC = all();

    private final Class<?> record;
    private final String mnemonic;
    private final RecordComponent[] components;
    private final Constructor<?> constructor;

    private OpSchema(Class<?> record) {
        this.record = record;
        this.mnemonic =
                record.getSimpleName().replaceAll("(?<!^)([A-Z])", "_$1").toLowerCase(Locale.ROOT);
        this.components = record.getRecordComponents();
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
        return BY_MNEMONIC;
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
        for (RecordComponent component : components) {
            Object part = read(component, op);
            if (part instanceof Value value) {
                operands.add(value);
            } else if (isOperandList(component)) {
                ((List<?>) part).forEach(value -> operands.add((Value) value));
            }
        }
        return operands;
    }

    /** Attributes by name, in order; without the result type, which {@link Op#type} gives. */
    public Map<String, Object> attributes(Op op) {
        Map<String, Object> attributes = new LinkedHashMap<>();
        for (RecordComponent component : components) {
            if (isAttribute(component)) {
                attributes.put(component.getName(), read(component, op));
            }
        }
        return attributes;
    }

    /** Names and types of the attributes. */
    public Map<String, Type> attributeTypes() {
        Map<String, Type> types = new LinkedHashMap<>();
        for (RecordComponent component : components) {
            if (isAttribute(component)) {
                types.put(component.getName(), component.getGenericType());
            }
        }
        return types;
    }

    public Op withOperands(Op op, List<Value> operands) {
        return build(operands, attributes(op), op.type());
    }

    /** The op from its parts; an operand list takes all operands that single components leave. */
    public Op build(List<Value> operands, Map<String, Object> attributes, TensorType type) {
        long singles = Arrays.stream(components)
                .filter(c -> c.getType() == Value.class)
                .count();
        boolean hasList = Arrays.stream(components).anyMatch(OpSchema::isOperandList);
        if (hasList ? operands.size() < singles : operands.size() != singles) {
            throw new UserException("%s: must have %d operands, got %d".formatted(mnemonic, singles, operands.size()));
        }
        Object[] arguments = new Object[components.length];
        int next = 0;
        for (int i = 0; i < components.length; i++) {
            RecordComponent component = components[i];
            if (component.getType() == Value.class) {
                arguments[i] = operands.get(next++);
            } else if (isOperandList(component)) {
                int count = operands.size() - (int) singles;
                arguments[i] = operands.subList(next, next + count);
                next += count;
            } else if (isResultType(component)) {
                arguments[i] = type;
            } else {
                arguments[i] = attributes.get(component.getName());
            }
        }
        return create(arguments);
    }

    private Op create(Object[] arguments) {
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

    private static boolean isAttribute(RecordComponent component) {
        return component.getType() != Value.class && !isOperandList(component) && !isResultType(component);
    }

    private static boolean isResultType(RecordComponent component) {
        return component.getName().equals("type");
    }

    private static boolean isOperandList(RecordComponent component) {
        return component.getGenericType().getTypeName().equals("java.util.List<" + Value.class.getName() + ">");
    }

    private static Object read(RecordComponent component, Op op) {
        try {
            return component.getAccessor().invoke(op);
        } catch (ReflectiveOperationException e) {
            throw new DefectException(component + ": cannot be read", e);
        }
    }
}
