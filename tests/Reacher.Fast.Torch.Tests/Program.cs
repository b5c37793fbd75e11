using Reacher.Fast.Core;
using Reacher.Fast.Torch.Loading;

namespace Reacher.Fast.Torch.Tests;

/// <summary>
/// The process in which a libtorch is loaded that must not be this test's own: <c>FOLDER|- PROGRAM PACKAGE</c> are the folder named, the program's
/// folder, and the package's. It says what came of it and ends with 0, or with 2 and the sentence.
/// </summary>
public static class Program
{
    public static int Main(string[] arguments)
    {
        try
        {
            var search = new TorchSearch(arguments[0] == "-" ? null : arguments[0], [arguments[1], AppContext.BaseDirectory], [arguments[2]]);
            var library = TorchLibrary.Require(search, cuda: false);
            using TorchSharp.torch.Tensor sum = TorchSharp.torch.ones(3, 4).sum();
            Console.WriteLine($"{library.Folder} {library.Version} {sum.item<float>()}");
            return 0;
        }
        catch (InputException error)
        {
            Console.WriteLine(error.Message);
            return 2;
        }
    }
}
