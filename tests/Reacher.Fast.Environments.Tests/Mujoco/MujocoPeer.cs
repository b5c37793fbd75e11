using System.ComponentModel;
using System.Diagnostics;
using Reacher.Fast.Environments.Mujoco.Native;
using Reacher.Fast.Environments.Mujoco.Tasks;

namespace Reacher.Fast.Environments.Tests.Mujoco;

/// <summary>C programs of ours against MuJoCo's own header and library. A test that needs one is ignored where they are missing.</summary>
internal static class MujocoPeer
{
    private const string Folder = "tests/Reacher.Fast.Environments.Tests/Mujoco";

    /// <summary>The models' names.</summary>
    public static IEnumerable<string> Models => MujocoTasks.All.Select(task => task.ModelName);

    /// <summary>Ignores the test where MuJoCo is not here.</summary>
    public static MujocoLayout RequireLibrary()
    {
        if (!MujocoLibrary.TryLoad(out MujocoLayout? layout, out string reason))
        {
            Assert.Ignore(reason);
        }

        return layout!;
    }

    /// <summary>The table of a model's compiled fields, as it is checked in.</summary>
    public static string FieldsOf(string model) => File.ReadAllText(Path.Combine(Repository.Root, Folder, "Fields", model + ".txt"));

    /// <summary>Writes an embedded model into a folder.</summary>
    public static string WriteModel(TemporaryFolder folder, string model)
    {
        string file = Path.Combine(folder.Path, model + ".xml");
        using Stream source = MujocoModel.OpenEmbedded(model);
        using FileStream copy = File.Create(file);
        source.CopyTo(copy);
        return file;
    }

    /// <summary>Compiles a program and runs it.</summary>
    public static byte[] Run(TemporaryFolder folder, string program, string[] arguments, byte[]? input = null)
    {
        string file = Path.Combine(folder.Path, program);
        if (!File.Exists(file))
        {
            (int status, byte[] said) = Start(
                "gcc", ["-O2", "-o", file, Path.Combine(Repository.Root, Folder, "Peer", program + ".c"), "-lmujoco", "-lm"], null);
            if (status != 0)
            {
                Assert.Ignore($"{program}.c is not compiled; it needs gcc and libmujoco-dev. {System.Text.Encoding.UTF8.GetString(said)}");
            }
        }

        (int exit, byte[] output) = Start(file, arguments, input);
        Assert.That(exit, Is.Zero, program);
        return output;
    }

    private static (int Status, byte[] Output) Start(string program, string[] arguments, byte[]? input)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        try
        {
            using Process process = Process.Start(start)!;
            using var output = new MemoryStream();
            Task read = process.StandardOutput.BaseStream.CopyToAsync(output);
            process.StandardInput.BaseStream.Write(input ?? []);
            process.StandardInput.Close();
            read.Wait();
            process.WaitForExit();
            return (process.ExitCode, output.ToArray());
        }
        catch (Win32Exception)
        {
            Assert.Ignore($"There is no {program}.");
            throw;
        }
    }
}
