Console.WriteLine("sarsen");
return 0;
