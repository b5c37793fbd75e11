Console.Error.WriteLine("reacher-fast-test-child: name a command");
return 2;
