package exitbox.analyzer;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

/// Signals that ask this program to end (Ctrl-C, SIGTERM, a closed terminal), for commands that have to end in good
/// order. Until it is closed the JVM does nothing about them.
///
/// Through reflection: javac warns of every mention of sun.misc.Signal, and there is no other way to a signal in Java.
public final class Interrupts implements AutoCloseable {
    private static final List<String> SIGNALS = List.of("INT", "TERM", "HUP");

    private final List<Runnable> undo = new ArrayList<>();

    private Interrupts() {}

    /// Calls `action` for each such signal, on a thread of its own.
    public static Interrupts on(Runnable action) {
        return on(SIGNALS, action);
    }

    /// Leaves Ctrl-C to the other programs at the terminal.
    public static Interrupts leaveKeyboard() {
        return on(List.of("INT"), () -> {});
    }

    private static Interrupts on(List<String> signals, Runnable action) {
        Interrupts interrupts = new Interrupts();
        try {
            Class<?> signalType = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Method handle = signalType.getMethod("handle", signalType, handlerType);
            InvocationHandler calls = (proxy, method, arguments) -> switch (method.getName()) {
                case "handle" -> {
                    action.run();
                    yield null;
                }
                case "equals" -> proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                default -> "interrupts";
            };
            Object handler = Proxy.newProxyInstance(Interrupts.class.getClassLoader(), new Class<?>[]{handlerType}, calls);
            for (String name : signals) {
                Object signal = signalType.getConstructor(String.class).newInstance(name);
                Object before = handle.invoke(null, signal, handler);
                interrupts.undo.add(() -> giveBack(handle, signal, before));
            }
            return interrupts;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot handle signals", e);
        }
    }

    private static void giveBack(Method handle, Object signal, Object before) {
        try {
            handle.invoke(null, signal, before);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        undo.forEach(Runnable::run);
    }
}
