package dev.weft.backend.spi.executable;

import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;

/** How a record is taken apart and made again. */
final class RecordShape {
    /** Taking a type apart takes longer than using it: each is taken apart once. */
    private static final ClassValue<RecordShape> SHAPES = new ClassValue<>() {
        @Override
        protected RecordShape computeValue(Class<?> type) {
            return shape(type);
        }
    };

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
        return SHAPES.get(type);
    }

    private static RecordShape shape(Class<?> type) {
        try {
            RecordComponent[] components = type.getRecordComponents();
            Class<?>[] types = new Class<?>[components.length];
            Method[] accessors = new Method[components.length];
            for (int i = 0; i < types.length; i++) {
                types[i] = components[i].getType();
                accessors[i] = components[i].getAccessor();
                accessors[i].setAccessible(true);
            }
            Constructor<?> constructor = type.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            StringBuilder text = new StringBuilder(type.getName());
            for (RecordComponent component : components) {
                String generic = component.getGenericSignature();
                text.append(' ')
                        .append(component.getName())
                        .append(':')
                        .append(generic == null ? component.getType().descriptorString() : generic);
            }
            return new RecordShape(types, accessors, constructor, text.toString());
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
