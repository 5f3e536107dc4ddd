package io.reprise.config;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the binder needs to know about the records, enums and sealed interfaces of the other rooms. */
final class Types {
    private Types() {}

    /**
     * A record's component.
     *
     * @param key its name in YAML
     */
    record Component(String key, Type type, Method accessor) {
        Object of(Object owner) {
            return invoke(accessor, owner);
        }
    }

    /**
     * One of the choices of a sealed interface: a record, or one constant of an enum.
     *
     * @param type the record or the enum
     * @param constant the enum's constant
     */
    record Choice(Class<?> type, Optional<Object> constant) {}

    static Class<?> raw(Type type) {
        if (type instanceof Class<?> c) {
            return c;
        }
        if (type instanceof ParameterizedType p) {
            return raw(p.getRawType());
        }
        return Object.class;
    }

    static Type argument(Type type, int index) {
        return type instanceof ParameterizedType p ? p.getActualTypeArguments()[index] : Object.class;
    }

    /** The type without its Optional. */
    static Type required(Type type) {
        return raw(type) == Optional.class ? argument(type, 0) : type;
    }

    static List<Component> components(Class<?> record) {
        var components = new ArrayList<Component>();
        for (RecordComponent c : record.getRecordComponents()) {
            var accessor = c.getAccessor();
            accessor.setAccessible(true);
            components.add(new Component(Words.snake(c.getName()), c.getGenericType(), accessor));
        }
        return components;
    }

    static List<String> keys(Class<?> record) {
        return components(record).stream().map(Component::key).toList();
    }

    /** The canonical constructor. */
    static Constructor<?> constructor(Class<?> record) {
        var types = Arrays.stream(record.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        try {
            var constructor = record.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            return constructor;
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(record + " has no canonical constructor", e);
        }
    }

    /** What {@code static X defaults()} gives. */
    static Optional<Object> defaults(Class<?> type) {
        return factory(type, "defaults").map(method -> invoke(method, null));
    }

    /** {@code static X parse(String)}. */
    static Optional<Method> parser(Class<?> type) {
        return factory(type, "parse", String.class);
    }

    private static Optional<Method> factory(Class<?> type, String name, Class<?>... arguments) {
        try {
            var method = type.getDeclaredMethod(name, arguments);
            boolean fits = Modifier.isStatic(method.getModifiers())
                    && !Modifier.isPrivate(method.getModifiers())
                    && type.isAssignableFrom(method.getReturnType());
            method.setAccessible(fits);
            return fits ? Optional.of(method) : Optional.empty();
        } catch (NoSuchMethodException e) {
            return Optional.empty();
        }
    }

    static boolean isUnion(Class<?> type) {
        return type.isInterface() && type.isSealed();
    }

    /** The choices of a sealed interface by their YAML names, in the order of its {@code permits}. */
    static Map<String, Choice> choices(Class<?> sealed) {
        var choices = new LinkedHashMap<String, Choice>();
        for (var type : sealed.getPermittedSubclasses()) {
            if (isUnion(type)) {
                choices.putAll(choices(type));
            } else if (type.isEnum()) {
                constants(type).forEach((name, value) -> choices.put(name, new Choice(type, Optional.of(value))));
            } else if (type.isRecord()) {
                choices.put(Words.snake(type.getSimpleName()), new Choice(type, Optional.empty()));
            } else {
                throw new IllegalStateException(type + " is neither a record nor an enum: no config can name it");
            }
        }
        return choices;
    }

    /** An enum's constants by their YAML names. */
    static Map<String, Object> constants(Class<?> type) {
        var constants = new LinkedHashMap<String, Object>();
        for (var constant : type.getEnumConstants()) {
            constants.put(name((Enum<?>) constant), constant);
        }
        return constants;
    }

    /** A constant's YAML name. */
    static String name(Enum<?> constant) {
        return Words.normal(constant.name());
    }

    /** The type of what stands at {@code key} in a mapping of this type; Object if nothing is known. */
    static Type child(Type type, String key) {
        var wanted = required(type);
        var raw = raw(wanted);
        if (raw == Map.class) {
            return argument(wanted, 1);
        }
        if (raw == List.class) {
            return argument(wanted, 0);
        }
        if (raw.isRecord()) {
            var components = components(raw);
            return components.stream()
                    .filter(c -> c.key().equals(key))
                    .map(Component::type)
                    .findFirst()
                    // a choice's only component may be given without its name: {mixture: [...]}
                    .orElseGet(() ->
                            components.size() == 1 ? child(components.get(0).type(), key) : Object.class);
        }
        if (isUnion(raw)) {
            var choice = choices(raw).get(Words.normal(key));
            return choice == null ? Object.class : choice.type();
        }
        return Object.class;
    }

    /** Calls what mustn't fail. */
    static Object invoke(Method method, Object owner, Object... arguments) {
        try {
            return method.invoke(owner, arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(method + " failed", e.getCause());
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(method + " is not accessible", e);
        }
    }
}
