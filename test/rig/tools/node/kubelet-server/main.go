// Command kubelet-server is the part of a kubelet that the API server calls:
// logs and port-forward of the pods a node runs. What runs is told by files,
// one folder per pod, ROOT/NAMESPACE/POD:
//
//	netns                 name of the pod's network namespace
//	CONTAINER.log         what the container wrote
//	CONTAINER.previous.log  what it wrote before its last restart
//
// Only the address given by --from may call: there the API server runs.
package main

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
	"k8s.io/cri-streaming/pkg/streaming/portforward"
)

var root = flag.String("root", "", "folder with one folder per pod")

// Names of Kubernetes objects hold no slash and are not "..".
var safeName = regexp.MustCompile(`^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$`)

func main() {
	address := flag.String("listen", "", "address and port to serve on")
	caller := flag.String("from", "", "the only address that may call")
	flag.Parse()
	host, _, err := net.SplitHostPort(*address)
	if err != nil || *root == "" || *caller == "" {
		log.Fatal("usage: kubelet-server --root FOLDER --listen ADDRESS:PORT --from ADDRESS")
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "ok") })
	mux.HandleFunc("GET /containerLogs/{namespace}/{pod}/{container}", serveLogs)
	for _, path := range []string{"/portForward/{namespace}/{pod}", "/portForward/{namespace}/{pod}/{uid}"} {
		mux.HandleFunc("GET "+path, servePortForward)
		mux.HandleFunc("POST "+path, servePortForward)
	}
	certificate, err := selfSigned(host)
	if err != nil {
		log.Fatal(err)
	}
	server := &http.Server{
		Addr:              *address,
		Handler:           onlyFrom(*caller, mux),
		ReadHeaderTimeout: 10 * time.Second,
		// Port-forward upgrades the connection, which HTTP/2 has no way to do.
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate}, NextProtos: []string{"http/1.1"}},
	}
	log.Fatal(server.ListenAndServeTLS("", ""))
}

func onlyFrom(caller string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		from, _, _ := net.SplitHostPort(r.RemoteAddr)
		if from != caller {
			http.Error(w, "only the node's own API server may call", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func podFolder(r *http.Request) (string, error) {
	namespace, pod := r.PathValue("namespace"), r.PathValue("pod")
	if !safeName.MatchString(namespace) || !safeName.MatchString(pod) {
		return "", errors.New("not a name")
	}
	return filepath.Join(*root, namespace, pod), nil
}

func serveLogs(w http.ResponseWriter, r *http.Request) {
	folder, err := podFolder(r)
	container := r.PathValue("container")
	if err != nil || !safeName.MatchString(container) {
		http.Error(w, "not a name", http.StatusBadRequest)
		return
	}
	query := r.URL.Query()
	suffix := ".log"
	if query.Get("previous") == "true" {
		suffix = ".previous.log"
	}
	file, err := os.Open(filepath.Join(folder, container+suffix))
	if err != nil {
		http.Error(w, fmt.Sprintf("container %q has not written a log", container), http.StatusNotFound)
		return
	}
	defer file.Close()
	if lines, err := strconv.Atoi(query.Get("tailLines")); err == nil {
		if err := seekToLastLines(file, lines); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
	}
	left := int64(-1)
	if limit, err := strconv.ParseInt(query.Get("limitBytes"), 10, 64); err == nil {
		left = limit
	}
	follow := query.Get("follow") == "true"
	w.Header().Set("Content-Type", "text/plain")
	for {
		copied, err := copyUpTo(w, file, left)
		if left >= 0 {
			left -= copied
		}
		if err != nil || left == 0 || !follow {
			return
		}
		if flusher, ok := w.(http.Flusher); ok {
			flusher.Flush()
		}
		select {
		case <-r.Context().Done():
			return
		case <-time.After(200 * time.Millisecond):
		}
		if _, err := os.Stat(folder); err != nil {
			return
		}
	}
}

func copyUpTo(to io.Writer, from io.Reader, limit int64) (int64, error) {
	if limit < 0 {
		return io.Copy(to, from)
	}
	return io.Copy(to, io.LimitReader(from, limit))
}

// seekToLastLines leaves file at the start of its last lines.
func seekToLastLines(file *os.File, lines int) error {
	end, err := file.Seek(0, io.SeekEnd)
	if err != nil || lines <= 0 {
		return err
	}
	const block = 64 * 1024
	buffer := make([]byte, block)
	found := 0
	for at := end; at > 0; {
		size := min(at, block)
		at -= size
		if _, err := file.ReadAt(buffer[:size], at); err != nil {
			return err
		}
		for rest := buffer[:size]; ; {
			newline := bytes.LastIndexByte(rest, '\n')
			if newline < 0 {
				break
			}
			// The newline that ends the file begins no line.
			if at+int64(newline) != end-1 {
				if found++; found == lines {
					_, err := file.Seek(at+int64(newline)+1, io.SeekStart)
					return err
				}
			}
			rest = rest[:newline]
		}
	}
	_, err = file.Seek(0, io.SeekStart)
	return err
}

func servePortForward(w http.ResponseWriter, r *http.Request) {
	folder, err := podFolder(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	namespace, err := os.ReadFile(filepath.Join(folder, "netns"))
	if err != nil {
		http.Error(w, "no such pod runs here", http.StatusNotFound)
		return
	}
	options, err := portforward.NewV4Options(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	portforward.ServePortForward(w, r, forwarder{strings.TrimSpace(string(namespace))},
		r.PathValue("pod"), r.PathValue("uid"), options,
		4*time.Hour, 30*time.Second, portforward.SupportedProtocols)
}

type forwarder struct{ networkNamespace string }

// PortForward joins stream to a port of the pod's own loopback, as a kubelet does.
func (f forwarder) PortForward(_ context.Context, _, _ string, port int32, stream io.ReadWriteCloser) error {
	defer stream.Close()
	connection, err := dialInside(f.networkNamespace, net.JoinHostPort("127.0.0.1", strconv.Itoa(int(port))))
	if err != nil {
		return err
	}
	defer connection.Close()
	ended := make(chan error, 2)
	go func() {
		_, err := io.Copy(connection, stream)
		if half, ok := connection.(*net.TCPConn); ok {
			_ = half.CloseWrite()
		}
		if err != nil {
			ended <- err
		}
	}()
	go func() {
		_, err := io.Copy(stream, connection)
		ended <- err
	}()
	return <-ended
}

func dialInside(networkNamespace, address string) (net.Conn, error) {
	type answer struct {
		connection net.Conn
		err        error
	}
	done := make(chan answer, 1)
	go func() {
		// Never unlocked: the thread that entered another namespace ends with this goroutine.
		runtime.LockOSThread()
		handle, err := os.Open("/run/netns/" + networkNamespace)
		if err == nil {
			defer handle.Close()
			err = unix.Setns(int(handle.Fd()), unix.CLONE_NEWNET)
		}
		if err != nil {
			done <- answer{nil, fmt.Errorf("enter the pod's network: %w", err)}
			return
		}
		connection, err := net.DialTimeout("tcp4", address, 10*time.Second)
		done <- answer{connection, err}
	}()
	result := <-done
	return result.connection, result.err
}

func selfSigned(host string) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "kubelet-server"},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(30 * 24 * time.Hour),
		IPAddresses:  []net.IP{net.ParseIP(host)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}
