package exitbox.recorder.kernel;

import java.lang.reflect.Method;
import java.lang.reflect.Proxy;

/// Signals to this process. Through reflection: javac warns of every mention of sun.misc.Signal, the warning cannot be
/// switched off at the place, and there is no other way to a signal in Java.
public final class Signals {

    private Signals() {}

    /// Calls `action` on a thread of its own each time the signal (`INT`, `TERM`, `HUP`) comes, instead of what the
    /// JVM would do. Closing the result gives the signal back to whoever had it before.
    public static Registration on(String name, Runnable action) {
        try {
            Class<?> signalType = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Object handler = Proxy.newProxyInstance(
                    handlerType.getClassLoader() == null ? Signals.class.getClassLoader() : handlerType.getClassLoader(),
                    new Class<?>[]{handlerType},
                    (proxy, method, arguments) -> switch (method.getName()) {
                        case "handle" -> {
                            action.run();
                            yield null;
                        }
                        case "equals" -> proxy == arguments[0];
                        case "hashCode" -> System.identityHashCode(proxy);
                        default -> "on SIG" + name;
                    });
            Object signal = signalType.getConstructor(String.class).newInstance(name);
            Method handle = signalType.getMethod("handle", signalType, handlerType);
            Object before = handle.invoke(null, signal, handler);
            return () -> {
                try {
                    handle.invoke(null, signal, before);
                } catch (ReflectiveOperationException e) {
                    throw new IllegalStateException(e);
                }
            };
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot handle SIG" + name, e);
        }
    }

    /// A signal that this program handles itself.
    public interface Registration extends AutoCloseable {
        @Override
        void close();
    }
}
