using System.Reflection;
using System.Runtime.Loader;
using Reacher.Fast.Core;
using Reacher.Fast.Core.Networks;
using Reacher.Fast.Onnx.Tests.Play;
using Reacher.Fast.Training.Extensions;

namespace Reacher.Fast.Onnx.Tests.Loading;

/// <summary>An optional assembly is found beside the program, kept apart from it, and refused in a sentence where it does not fit.</summary>
public sealed class OptionalAssemblyTests
{
    private const string Name = "Reacher.Fast.Onnx";
    private const string Purpose = "To play 'policy.onnx'";

    private static readonly string Version =
        typeof(IPolicy).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+')[0];

    private TemporaryFolder program = null!;

    [SetUp]
    public void MakeFolder()
    {
        program = new TemporaryFolder();
        Directory.CreateDirectory(program[Name]);
    }

    [TearDown]
    public void DeleteFolder() => program.Dispose();

    [Test]
    public void It_plays_in_a_context_of_its_own()
    {
        Install();
        IPolicyFormat format = Create();
        AssemblyLoadContext context = AssemblyLoadContext.GetLoadContext(format.GetType().Assembly)!;
        Assert.That(context.Name, Is.EqualTo(Name));
        Assert.That(format.GetType(), Is.Not.EqualTo(typeof(OnnxPolicyFormat)), "this test's own is another");

        using (IPolicy policy = format.Open(ForeignModels.Write(program)))
        {
            float[] actions = new float[policy.ActionSize];
            policy.Act(new float[policy.ObservationSize], actions);
            Assert.That(actions, Is.All.InRange(-1f, 1f).And.Some.Not.Zero);
        }

        string[] loaded = [.. context.Assemblies.Select(assembly => assembly.GetName().Name!)];
        Assert.That(loaded, Has.Member("Microsoft.ML.OnnxRuntime").And.Member("Google.Protobuf"), "what it brings is its own");
        Assert.That(loaded, Has.No.Member("Reacher.Fast.Core"), "what both mean the same types by is the program's");
        Assert.That(Create().GetType(), Is.EqualTo(format.GetType()), "it is loaded once");
    }

    [Test]
    public void One_that_the_program_refers_to_is_taken_from_there()
    {
        IPolicyFormat format = OptionalAssembly.Create<IPolicyFormat>(Name, Purpose);
        Assert.That(format, Is.TypeOf<OnnxPolicyFormat>());
    }

    [Test]
    public void One_that_is_missing_is_a_sentence_that_says_how_to_get_it()
    {
        string message = Refusal();
        Assert.That(message, Does.StartWith($"{Purpose}, {Name} is needed, which is not here: put the folder '{Name}' of version {Version} beside"));
        Assert.That(message, Does.Contain($"dotnet publish src/{Name} -c Release -r ").And.EndWith($"-o \"{program[Name]}\""));
    }

    [Test]
    public void One_of_another_version_is_refused_before_it_is_loaded()
    {
        // An assembly of another version under this one's name.
        File.Copy(typeof(Assert).Assembly.Location, program[$"{Name}/{Name}.dll"]);
        Assert.That(Refusal(), Does.Contain($"{Name}.dll' is of version 5.").And.Contain($"where this program is of version {Version}; put that of"));
        Assert.That(AssemblyLoadContext.All.SelectMany(context => context.Assemblies).Where(IsInstalled), Is.Empty);
    }

    [Test]
    public void One_that_is_damaged_is_refused()
    {
        File.WriteAllText(program[$"{Name}/{Name}.dll"], "not an assembly");
        Assert.That(Refusal(), Does.Contain("is of version unknown"));
    }

    [Test]
    public void One_that_is_something_else_is_refused()
    {
        File.Copy(typeof(OptionalAssembly).Assembly.Location, program[$"{Name}/{Name}.dll"]);
        Assert.That(Refusal(), Does.Contain($"cannot be used (it has no public class that is a IPolicyFormat); put that of version {Version}"));
    }

    private bool IsInstalled(Assembly assembly) => !assembly.IsDynamic && assembly.Location.StartsWith(program.Path, StringComparison.Ordinal);

    private IPolicyFormat Create() => OptionalAssembly.Create<IPolicyFormat>(Name, Purpose, referenced: null, program.Path);

    private string Refusal()
    {
        string message = Assert.Throws<InputException>(() => Create())!.Message;
        Assert.That(message, Does.Not.Contain("\n"));
        return message;
    }

    // As a folder of the release has it, and with a library of this project that somebody has copied along.
    private void Install()
    {
        string[] files =
        [
            $"{Name}.dll", "Microsoft.ML.OnnxRuntime.dll", "CommunityToolkit.HighPerformance.dll", "Google.Protobuf.dll",
            "System.Numerics.Tensors.dll", "Reacher.Fast.Core.dll",
        ];
        foreach (string file in files)
        {
            File.Copy(Path.Combine(AppContext.BaseDirectory, file), program[$"{Name}/{file}"], overwrite: true);
        }

        // The native library is large, and has another name on each system.
        string native = Directory.GetFiles(AppContext.BaseDirectory, "*onnxruntime.*")
            .Single(file => !file.EndsWith("ML.OnnxRuntime.dll", StringComparison.Ordinal));
        File.Copy(native, program[$"{Name}/{Path.GetFileName(native)}"], overwrite: true);
    }
}
