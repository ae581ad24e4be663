package exitbox.recorder;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// Durations and sizes for picocli.
final class Converters {
    private Converters() {}

    static final class OfDuration implements ITypeConverter<Duration> {
        @Override
        public Duration convert(String text) {
            try {
                Duration duration = Quantity.duration(text);
                if (duration.isZero()) {
                    throw new TypeConversionException(text + ": must be longer than nothing");
                }
                return duration;
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    static final class OfBytes implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            try {
                return Quantity.bytes(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    static final class OfKeepFree implements ITypeConverter<KeepFree> {
        @Override
        public KeepFree convert(String text) {
            try {
                return KeepFree.of(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    static final class OfOnFull implements ITypeConverter<OnFull> {
        @Override
        public OnFull convert(String text) {
            try {
                return OnFull.of(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }

    static final class OfPid implements ITypeConverter<Integer> {
        @Override
        public Integer convert(String text) {
            return (int) number(text, 1, Integer.MAX_VALUE, "a process id, 1 or more");
        }
    }

    static final class OfPattern implements ITypeConverter<Pattern> {
        @Override
        public Pattern convert(String text) {
            if (text.isEmpty()) {
                throw new TypeConversionException("the expression is empty: it would leave nothing out");
            }
            try {
                return Pattern.compile(text);
            } catch (PatternSyntaxException e) {
                throw new TypeConversionException(text + ": " + e.getDescription().toLowerCase(Locale.ROOT)
                        + (e.getIndex() < 0 ? "" : " at character " + (Math.min(e.getIndex(), text.length() - 1) + 1)));
            }
        }
    }

    static final class OfUid implements ITypeConverter<Long> {
        @Override
        public Long convert(String text) {
            return number(text, 0, 0xffffffffL, "a user id, 0 to 4294967295 (id -u NAME)");
        }
    }

    private static long number(String text, long least, long most, String wanted) {
        try {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new TypeConversionException(text + ": not " + wanted);
    }
}
