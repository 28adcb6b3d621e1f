# roads_web.sh - for roads_http*_test.sh: a real web server on the loopback
# before git http-backend, with a certificate of a CA of its own for `localhost`
# alone. Sourced after roads.sh; sets $port, $plain_port, $url. Repositories of
# the folder are at $url/git/ behind a password (users `office`, `edu`), and at
# /open/ without.
needs lighttpd lighttpd
needs openssl openssl
if ! [ -e /usr/lib/lighttpd/mod_openssl.so ]; then
	echo "skipped: lighttpd's mod_openssl is missing; Debian has it in" \
		"package lighttpd-mod-openssl" >&2
	exit 77
fi

# A CA, and a certificate of it for `localhost` alone.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	-keyout ca.key -out ca.pem -days 2 -subj '/CN=Test CA' 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
	-keyout server.key -out server.csr -subj '/CN=localhost' 2>/dev/null
echo 'subjectAltName=DNS:localhost' >names
openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial \
	-days 2 -extfile names -out server.pem 2>/dev/null
cat server.key >>server.pem

ports=$(free_ports 2)
port=${ports% *} plain_port=${ports#* }
backend=$(git --exec-path)/git-http-backend
echo 'office:geheim 1' >users
echo 'edu:geheim 2' >>users
cat >lighttpd.conf <<END
server.modules = ("mod_auth", "mod_authn_file", "mod_redirect", "mod_alias",
	"mod_setenv", "mod_cgi", "mod_openssl")
server.document-root = "$work/www"
server.errorlog = "$work/lighttpd.log"
server.port = $port
server.bind = "127.0.0.1"
server.upload-dirs = ("$work/upload")
\$SERVER["socket"] == "127.0.0.1:$port" {
	ssl.engine = "enable"
	ssl.pemfile = "$work/server.pem"
}
\$SERVER["socket"] == "127.0.0.1:$plain_port" { }
url.redirect = (
	"^/moved/(.*)\$" => "https://localhost:$port/git/\$1",
	"^/down/(.*)\$" => "http://localhost:$plain_port/git/\$1"
)
url.redirect-code = 302
alias.url = ("/git" => "$backend", "/open" => "$backend")
auth.backend = "plain"
auth.backend.plain.userfile = "$work/users"
\$HTTP["url"] =~ "^/git/" {
	auth.require = ("" => ("method" => "basic", "realm" => "hub",
		"require" => "valid-user"))
}
\$HTTP["url"] =~ "^/(git|open)/" {
	cgi.assign = ("" => "")
	setenv.set-environment = ("GIT_PROJECT_ROOT" => "$work",
		"GIT_HTTP_EXPORT_ALL" => "1", "HOME" => "$work",
		"GIT_CONFIG_GLOBAL" => "/dev/null")
}
END
mkdir -p www upload
echo '<html>a page</html>' >www/index.html
mkdir -p www/page/info
echo '<html>a page</html>' >www/page/info/refs
lighttpd -D -f lighttpd.conf 2>lighttpd.err &
until_there lighttpd.log 'server started'
url=https://localhost:$port
