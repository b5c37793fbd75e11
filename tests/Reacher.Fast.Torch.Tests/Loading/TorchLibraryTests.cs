using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Reacher.Fast.Torch.Loading;

namespace Reacher.Fast.Torch.Tests.Loading;

/// <summary>libtorch is found in each of its places, and refused in one sentence where it cannot be used; each in its own process.</summary>
public sealed partial class TorchLibraryTests
{
    private static readonly string Package = TorchSearch.OfProcess().PackageFolders.First(Directory.Exists);

    private TemporaryFolder folder = null!;

    private string Nowhere => folder["nowhere"];

    [SetUp]
    public void MakeFolder()
    {
        folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["libtorch"]);
        Directory.CreateDirectory(folder["program"]);
    }

    [TearDown]
    public void DeleteFolder() => folder.Dispose();

    [Test]
    public void It_is_found_in_the_package_folder() => Assert.That(Load("-", Nowhere, Package), Is.EqualTo((0, $"{Package} 2.10 12")));

    [Test]
    public void It_is_found_in_the_folder_that_the_variable_names()
    {
        LinkAll(folder["libtorch"]);
        Assert.That(Load(folder["libtorch"], Nowhere, Package), Is.EqualTo((0, $"{folder["libtorch"]} 2.10 12")));
    }

    [Test]
    public void It_is_found_beside_the_program()
    {
        LinkAll(folder["program"]);
        Assert.That(Load("-", folder["program"], Package), Is.EqualTo((0, $"{folder["program"]} 2.10 12")));
    }

    [Test]
    public void None_is_a_sentence_that_says_where_to_get_one()
    {
        Assert.That(Refusal("-", Nowhere, Nowhere), Does.StartWith("There is no libtorch: neither REACHER_FAST_LIBTORCH").And.Contain("torch/lib"));
        Assert.That(Refusal(Nowhere, Nowhere, Package), Does.Contain("which REACHER_FAST_LIBTORCH names").And.Contain("libc10.so"));
    }

    [Test]
    public void Half_a_one_is_a_sentence_that_names_what_is_missing()
    {
        File.CreateSymbolicLink(folder["libtorch/libc10.so"], Path.Combine(Package, "libc10.so"));
        Assert.That(Refusal(folder["libtorch"], Nowhere, Package), Does.Contain("is not whole, it has no libtorch_cpu.so; install it anew"));
        File.WriteAllText(folder["libtorch/libtorch_cpu.so"], "not a library");
        File.CreateSymbolicLink(folder["libtorch/libtorch.so"], Path.Combine(Package, "libtorch.so"));
        Assert.That(Refusal(folder["libtorch"], Nowhere, Package), Does.Contain("cannot be loaded (").And.Contain("libtorch_cpu.so"));
    }

    [Test]
    public void Two_are_a_sentence_before_either_is_loaded()
    {
        LinkAll(folder["program"]);
        Assert.That(Refusal(Package, folder["program"], Package), Does.Contain("a process can have only one"));
    }

    [Test]
    public void One_of_another_version_is_refused_by_its_number()
    {
        Compile("libc10.so", "int reacher_fast_stub;");
        Compile("libtorch_cpu.so", "unsigned long aoti_torch_abi_version(void) { return 0x0209000000000000ul; }");
        Compile("libtorch.so", "int reacher_fast_stub;");
        Assert.That(Refusal(folder["libtorch"], Nowhere, Package), Does.Contain("is of version 2.9, and 2.10 or 2.11 is needed"));
    }

    [Test]
    public void One_without_the_symbols_that_TorchSharp_needs_is_refused_by_the_first_of_them()
    {
        Compile("libc10.so", "int reacher_fast_stub;");
        Compile("libtorch_cpu.so", "unsigned long aoti_torch_abi_version(void) { return 0x020a000000000000ul; }");
        Compile("libtorch.so", "int reacher_fast_stub;");
        Assert.That(
            Refusal(folder["libtorch"], Nowhere, Package), Does.Contain("cannot be used with the libtorch 2.10").And.Contain("undefined symbol: "));
    }

    /// <summary>As a bridge that was built with a newer compiler than the system's: a library that asks for a version which is not there.</summary>
    [Test]
    public void A_bridge_that_the_systems_libraries_are_too_old_for_is_loaded_from_a_patched_copy()
    {
        File.WriteAllText(folder["versions"], "NEWER_1 { global: newer_call; };\n");
        Compile("libnewer.so", "void newer_call(void) { }", $"-Wl,--version-script={folder["versions"]}");
        string bridge = Compile(
            // libstdc++'s headers leave such a mark of their version, which nothing calls.
            "libbridge.so", "__asm__(\".globl newer_call\"); int answer(void) { return 42; }",
            "-L" + folder["libtorch"], "-lnewer", "-Wl,-rpath," + folder["libtorch"]);
        File.WriteAllText(folder["versions"], "OLDER_1 { global: older_call; };\n");
        Compile("libnewer.so", "void older_call(void) { }", $"-Wl,--version-script={folder["versions"]}");
        byte[] before = File.ReadAllBytes(bridge);

        Assert.That(NativeLoader.TryOpen(bridge, out _, out string reason), Is.False);
        Assert.That(reason, Does.Contain("version `NEWER_1' not found"));
        (nint library, bool isPatched) = TorchLibrary.OpenBridge(bridge, "folder", "2.10");
        Assert.That(isPatched);
        Assert.That(NativeLibrary.TryGetExport(library, "answer", out _));
        Assert.That(File.ReadAllBytes(bridge), Is.EqualTo(before), "what is installed stays as it is");
    }

    [Test]
    public void A_file_that_is_no_library_or_cut_short_is_not_patched()
    {
        byte[] bridge = File.ReadAllBytes(new TorchSearch(null, [AppContext.BaseDirectory], []).FindBridge());
        Assert.That(ElfVersionNeed.Weaken(bridge, "GLIBCXX_3.4.32"));
        Assert.That(ElfVersionNeed.Weaken(bridge, "GLIBCXX_9.9"), Is.False);
        Assert.Throws<InvalidDataException>(() => ElfVersionNeed.Weaken(bridge.AsSpan(0, 70_000), "GLIBCXX_3.4.32"));
        Assert.Throws<InvalidDataException>(() => ElfVersionNeed.Weaken(new byte[100], "GLIBCXX_3.4.32"));
    }

    [Test]
    public void No_output_folder_holds_libtorch()
    {
        string[] files = Directory.GetFiles(AppContext.BaseDirectory, "*", SearchOption.AllDirectories);
        Assert.That(files.Select(Path.GetFileName), Has.None.EqualTo("libtorch_cpu.so").And.None.EqualTo("libtorch_cuda.so"));
        Assert.That(files.Sum(file => new FileInfo(file).Length), Is.LessThan(60 << 20));
    }

    private static string Refusal(string named, string program, string package)
    {
        (int code, string said) = Load(named, program, package);
        Assert.That(code, Is.EqualTo(2), said);
        Assert.That(SentenceEnd().IsMatch(said) && !said.Contains('\n'), said);
        return said;
    }

    private static (int Code, string Said) Load(string named, string program, string package)
    {
        (int code, string said, string errors) = TestProgram.End(TestProgram.Start("load", named, program, package));
        Assert.That(errors, Is.Empty);
        return (code, said);
    }

    private static void LinkAll(string destination)
    {
        foreach (string file in Directory.GetFiles(Package))
        {
            File.CreateSymbolicLink(Path.Combine(destination, Path.GetFileName(file)), file);
        }
    }

    private string Compile(string name, string source, params string[] options)
    {
        string file = folder["source.c"], library = folder[$"libtorch/{name}"];
        File.WriteAllText(file, source);
        try
        {
            using Process compiler = Process.Start("gcc", ["-shared", "-fPIC", $"-Wl,-soname,{name}", "-o", library, file, .. options]);
            compiler.WaitForExit();
            Assert.That(compiler.ExitCode, Is.Zero);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Ignore("There is no gcc here to build the stub.");
        }

        return library;
    }

    [GeneratedRegex(@"^[A-Z].*\.$")]
    private static partial Regex SentenceEnd();
}
