import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.StackMapsOption;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/// Gives the classes in a jar that are older than Java 6 (all of picocli's) the format of today, so that an AOT cache
/// takes them: it leaves older ones out, and loading picocli from the jar costs 50 ms at every start.
///
/// usage: java RenewClasses.java JAR
class RenewClasses {
    private static final int JAVA_6_VERSION = 50;
    private static final int MAJOR_VERSION_BYTE = 7;

    public static void main(String[] args) throws IOException {
        Path jar = Path.of(args[0]);
        Path renewed = jar.resolveSibling(jar.getFileName() + ".renewed");
        try (URLClassLoader classes = new URLClassLoader(new URL[] { jar.toUri().toURL() });
                ZipFile from = new ZipFile(jar.toFile());
                ZipOutputStream to = new ZipOutputStream(Files.newOutputStream(renewed))) {
            // Stack maps, which newer classes must have, need to know which class extends which.
            ClassHierarchyResolver hierarchy = ClassHierarchyResolver.ofResourceParsing(classes)
                    .orElse(ClassHierarchyResolver.defaultResolver());
            ClassFile format = ClassFile.of(StackMapsOption.GENERATE_STACK_MAPS, ClassHierarchyResolverOption.of(hierarchy));
            for (ZipEntry entry : Collections.list(from.entries())) {
                ZipEntry copy = new ZipEntry(entry.getName());
                copy.setTime(entry.getTime());
                to.putNextEntry(copy);
                copy(from, entry, format, to);
            }
        }
        Files.move(renewed, jar, StandardCopyOption.REPLACE_EXISTING);
    }

    private static void copy(ZipFile from, ZipEntry entry, ClassFile format, OutputStream to) throws IOException {
        try (InputStream in = from.getInputStream(entry)) {
            byte[] bytes = in.readAllBytes();
            boolean old = entry.getName().endsWith(".class") && bytes[MAJOR_VERSION_BYTE] < JAVA_6_VERSION;
            to.write(old ? renew(bytes, format) : bytes);
        }
    }

    private static byte[] renew(byte[] bytes, ClassFile format) {
        ClassTransform version = ClassTransform.endHandler(builder -> builder.withVersion(ClassFile.JAVA_17_VERSION, 0));
        // Code that is only copied keeps its lack of stack maps: it has to go through a transform.
        ClassTransform code = ClassTransform.transformingMethodBodies(CodeTransform.ACCEPT_ALL);
        return format.transformClass(format.parse(bytes), version.andThen(code));
    }
}
