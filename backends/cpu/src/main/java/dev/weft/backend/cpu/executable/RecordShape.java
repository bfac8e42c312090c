package dev.weft.backend.cpu.executable;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.stream.Collectors;

/** How a record is taken apart and made again. */
final class RecordShape {
    private final Class<?>[] types;
    private final Method[] accessors;
    private final Constructor<?> constructor;
    private final String text;

    private RecordShape(Class<?>[] types, Method[] accessors, Constructor<?> constructor, String text) {
        this.types = types;
        this.accessors = accessors;
        this.constructor = constructor;
        this.text = text;
    }

    /** @throws Unwritable if the type is no record that is accessible from here */
    static RecordShape of(Class<?> type) {
        try {
            RecordComponent[] components = type.getRecordComponents();
            Class<?>[] types =
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
            Method[] accessors =
                    Arrays.stream(components).map(RecordComponent::getAccessor).toArray(Method[]::new);
            for (Method accessor : accessors) {
                accessor.setAccessible(true);
            }
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            String text = Arrays.stream(components)
                    .map(component -> component.getName() + ":"
                            + component.getGenericType().getTypeName())
                    .collect(Collectors.joining(",", type.getName() + "(", ")"));
            return new RecordShape(types, accessors, constructor, text);
        } catch (NoSuchMethodException | RuntimeException inaccessible) {
            throw new Unwritable(type + " cannot be taken apart", inaccessible);
        }
    }

    /** The record's name with the names and types of its components: equal for records that mean the same. */
    String text() {
        return text;
    }

    int size() {
        return types.length;
    }

    Class<?> type(int component) {
        return types[component];
    }

    Object get(Object owner, int component) {
        try {
            return accessors[component].invoke(owner);
        } catch (ReflectiveOperationException failure) {
            throw new Unwritable(text + " cannot be read", failure);
        }
    }

    Object make(Object[] components) {
        try {
            return constructor.newInstance(components);
        } catch (ReflectiveOperationException | IllegalArgumentException failure) {
            throw new Unreadable(text + " cannot be made", failure);
        }
    }
}
